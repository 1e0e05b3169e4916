"""All letter and word tasks with their weights."""

from __future__ import annotations

from training.data.letter_counts import count_letter, length, letter_at, vowels
from training.data.letters import lower, reverse, sort_letters, spell, upper
from training.data.word_lists import largest, repeat, several_words, sort_numbers, sort_words

TASKS = [
    (reverse, 4),
    (upper, 1.2),
    (lower, 5),
    (spell, 1.8),
    (length, 2.5),
    (count_letter, 4),
    (vowels, 1.3),
    (letter_at, 2),
    (sort_words, 6),
    (sort_numbers, 3),
    (sort_letters, 2.5),
    (largest, 1.8),
    (repeat, 3),
    (several_words, 2.5),
]
