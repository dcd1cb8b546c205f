"""The smallest network that is as good as the best one, as far as the validation scores can tell."""

import numpy as np

from byhand.exercises.exercise import Exercise

exercise = Exercise(
    title="Choose by the one-standard-error rule",
    task="`choose_setting(validation, test, parameters)` with validation and test (K settings, S seeds), accuracies, and "
    "parameters (K,), the number of parameters of each setting. Find the setting with the best mean validation accuracy "
    "and the standard error of that mean (standard deviation with ddof=1, over the root of S). Return (chosen, report): "
    "the index of the setting with the fewest parameters whose mean is not more than one such error below the best mean, "
    "and the mean test accuracy of the chosen setting.",
    section="sec:case-moons:choose",
    outputs=("chosen", "report"),
    hints=(
        "Only the validation scores may decide; the test scores are looked up once, at the end, for the setting chosen.",
        "Take means along the axis of the seeds. One row gives the standard error: that of the best mean.",
        "Settings with mean >= best mean - error may be chosen; among them take the one with the fewest parameters.",
    ),
)


def choice(
    decide=lambda validation, test: validation,
    centre=lambda scores: scores.mean(axis=1),
    error=lambda row: row.std(ddof=1) / np.sqrt(len(row)),
    pick=lambda allowed, means, parameters: np.where(allowed, parameters, np.inf).argmin(),
    report=lambda validation, test, chosen: test[chosen].mean(),
):
    """The rule with one of its steps replaced."""

    def choose_setting(validation, test, parameters):
        validation, test = np.asarray(validation, float), np.asarray(test, float)
        scores = decide(validation, test)
        means = centre(scores)
        best = means.argmax()
        allowed = means >= means[best] - error(scores[best])
        chosen = int(pick(allowed, means, np.asarray(parameters, float)))
        return chosen, float(report(validation, test, chosen))

    return choose_setting


exercise.solution(choice())

# How far the means of five settings lie below the best one, in standard errors of the best, and what each setting costs.
_BELOW = ((0.6, 0.0, 1.6, 5.0, 9.0), (0.7, 1.7, 0.0, 0.3, 8.0), (3.0, 0.0, 0.5, 0.8, 7.0), (0.8, 0.4, 5.0, 0.0, 1.5))
_PARAMETERS = ((60, 90, 30, 20, 400), (40, 21, 300, 90, 11), (21, 200, 91, 60, 9), (50, 90, 15, 120, 25))


@exercise.probes
def probes(rng):
    for below, parameters, seeds in zip(_BELOW, _PARAMETERS, (7, 9, 12, 16), strict=True):
        noise = rng.standard_normal((5, seeds))
        noise = (noise - noise.mean(axis=1, keepdims=True)) / noise.std(axis=1, ddof=1, keepdims=True)
        worst = int(np.argmax(below))
        noise[worst] *= 8.0  # the setting that shines on one seed and fails on the others
        validation = 0.85 + 0.01 * (noise - np.array(below)[:, None] / np.sqrt(seeds))
        validation[worst, 0] += 0.25 - 0.01 * noise[worst, 0]  # the others of its row make up for it
        validation[worst, 1:] -= (0.25 - 0.01 * noise[worst, 0]) / (seeds - 1)
        test = 0.80 + 0.005 * rng.standard_normal((5, seeds)) - 0.01 * np.arange(5)[:, None]
        test[int(np.argsort(parameters)[-1])] += 0.12
        yield validation, test, np.array(parameters)


exercise.mistake(
    "chosen by the test scores",
    why="The test scores are there, and they are what one wants to be high; but then nothing is left to judge the choice.",
    evidence=lambda validation, test, parameters: (
        f"your choice follows the test means, which are best for setting {int(np.mean(test, axis=1).argmax())}"
    ),
    look_at="which of the two tables decides, and what the other one is for",
    symptoms=("test score too good to be true",),
    cure="Decide with validation; read the test score of the chosen setting once.",
)(choice(decide=lambda validation, test: test))
exercise.also("chosen by the test scores")(
    choice(decide=lambda validation, test: test, pick=lambda allowed, means, parameters: means.argmax())
)
exercise.mistake(
    "chosen by the best single seed",
    why="The largest number of the whole table catches the eye; it belongs to a lucky seed, not to a good setting.",
    evidence=lambda validation, test, parameters: (
        f"your choice holds the largest single score, {np.max(validation):.3f}, but its mean is only "
        f"{np.mean(validation, axis=1)[np.max(validation, axis=1).argmax()]:.3f}"
    ),
    look_at="how the scores of one setting are put together before settings are compared",
    symptoms=("test score too good to be true", "works on one data set, not on another"),
    cure="Compare means over the seeds.",
)(choice(centre=lambda scores: scores.max(axis=1), pick=lambda allowed, means, parameters: means.argmax()))
exercise.mistake(
    "best mean taken as it is",
    why="The best mean is a measured number with an error; a smaller network within that error is as good as far as anyone knows.",
    evidence=lambda validation, test, parameters: (
        f"your choice is the setting with the best mean; it has {parameters[np.mean(validation, axis=1).argmax()]} "
        f"parameters, and a smaller one is within one standard error"
    ),
    look_at="what happens after the best mean has been found",
    symptoms=("results differ between training and test",),
    cure="The fewest parameters among the settings within one standard error of the best mean.",
)(choice(pick=lambda allowed, means, parameters: means.argmax()))
exercise.mistake(
    "standard deviation in place of the standard error",
    why="The deviation says how far single runs scatter; how well the mean is known is smaller by the root of S.",
    evidence=lambda validation, test, parameters: (
        f"you allow settings that are further below than one standard error: your margin is too wide by the root of "
        f"S = {np.shape(validation)[1]}"
    ),
    look_at="whether your margin shrinks when there are more seeds",
    symptoms=("results differ between training and test",),
    cure="Divide the standard deviation by the root of the number of seeds.",
)(choice(error=lambda row: row.std(ddof=1)))
exercise.mistake(
    "smallest network of all",
    why="The rule prefers small networks, but only among those that are within the margin.",
    evidence=lambda validation, test, parameters: (
        f"your choice has the fewest parameters of all, {np.min(parameters)}, whatever it scores"
    ),
    look_at="which settings may be chosen at all",
    symptoms=("loss stops at chance",),
    cure="Leave out the settings below the margin before looking for the smallest.",
)(choice(pick=lambda allowed, means, parameters: parameters.argmin()))
exercise.mistake(
    "validation score reported",
    why="The chosen setting's validation score took part in the choice, so it is too good on average.",
    evidence="your choice is right, but your report is its mean validation accuracy",
    look_at="which table the reported number comes from",
    symptoms=("test score too good to be true",),
    cure="Report test[chosen].mean().",
)(choice(report=lambda validation, test, chosen: validation[chosen].mean()))
exercise.mistake(
    "best test seed reported",
    why="The largest test score of the chosen setting belongs to its luckiest seed.",
    evidence="your choice is right, but your report is its largest test accuracy instead of its mean",
    look_at="how the test scores of the chosen setting are put together",
    symptoms=("test score too good to be true",),
    cure="Report the mean over all seeds.",
)(choice(report=lambda validation, test, chosen: test[chosen].max()))
