"""The time of a ring all-reduce."""

from byhand.exercises.exercise import Exercise

exercise = Exercise(
    title="The time of a ring",
    task="`ring_seconds(p, size, bandwidth, latency)` with size in bytes, bandwidth in bytes a second and latency in seconds per message: return the seconds "
    "that a ring all-reduce takes on p machines.",
    section="sec:beyond-one-machine:ring",
    outputs=("seconds",),
    hints=(
        "How many rounds are there, and how many bytes does a machine send in one?",
        "p - 1 rounds of reduce-scatter and p - 1 of all-gather, each with a chunk of size / p bytes.",
        "Each of the 2 (p - 1) rounds takes latency + size / (p * bandwidth).",
    ),
)


@exercise.solution
def ring_seconds(p, size, bandwidth, latency):
    return 2 * (p - 1) * (latency + size / (p * bandwidth))


@exercise.probes
def probes(rng):
    # Neither term may drown in the other.
    for p in (3, 8, 5, 64):
        bandwidth, size = rng.uniform(1e8, 1e9), rng.uniform(1e6, 1e7)
        yield p, size, bandwidth, size / (p * bandwidth) * rng.uniform(0.4, 1.6)


exercise.mistake(
    "only one of the two phases",
    why="After the reduce-scatter every machine holds one complete chunk; the others still have to be told.",
    evidence="your time is half of the correct one",
    look_at="what each machine holds when the chunks have been added up",
    symptoms=("loss falls, but slowly",),
    cure="p - 1 rounds for each of the two phases.",
)(lambda p, size, bandwidth, latency: (p - 1) * (latency + size / (p * bandwidth)))
exercise.mistake(
    "p rounds a phase",
    why="A chunk that has to visit p machines is passed on p - 1 times.",
    evidence=lambda p, *_: f"your time has {2 * p} rounds where {2 * (p - 1)} are needed",
    look_at="the answer for p = 1: with nobody to talk to it must be 0",
    symptoms=("loss falls, but slowly",),
    cure="2 * (p - 1) rounds.",
)(lambda p, size, bandwidth, latency: 2 * p * (latency + size / (p * bandwidth)))
exercise.mistake(
    "the whole vector in each round",
    why="The vector is cut into p chunks, and a round carries one of them.",
    evidence="the part of your time that depends on size is p times too long",
    look_at="how many bytes a message carries",
    symptoms=("loss falls, but slowly",),
    cure="size / p bytes a round.",
)(lambda p, size, bandwidth, latency: 2 * (p - 1) * (latency + size / bandwidth))
exercise.mistake(
    "latency counted once",
    why="The latency belongs to a message, and there is a message in every round.",
    evidence="the part of your time that depends on latency is that of a single message",
    look_at="how many messages a machine sends",
    symptoms=("loss falls, but slowly",),
    cure="2 * (p - 1) * latency.",
)(lambda p, size, bandwidth, latency: latency + 2 * (p - 1) * size / (p * bandwidth))
exercise.mistake(
    "latency left out",
    why="For long vectors it can be neglected; for many machines it cannot.",
    evidence="your time does not depend on latency",
    look_at="what a vector of a single byte costs",
    symptoms=("loss falls, but slowly",),
    cure="2 * (p - 1) * latency on top.",
)(lambda p, size, bandwidth, latency: 2 * (p - 1) * size / (p * bandwidth))
exercise.mistake(
    "latency divided among the machines",
    why="Only the bytes are divided into chunks; a message has its full latency.",
    evidence="the part of your time that depends on latency is p times too short",
    look_at="which of the two costs of a message shrinks with its length",
    symptoms=("loss falls, but slowly",),
    cure="latency + size / (p * bandwidth) a round.",
)(lambda p, size, bandwidth, latency: 2 * (p - 1) / p * (latency + size / bandwidth))
