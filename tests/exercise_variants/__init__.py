"""Right answers to the exercises in other styles: none of them may be accused. One file a topic, each with a
dict VARIANTS of exercise name -> list of answers."""
