"""All word problems with their weights."""

from __future__ import annotations

from training.data.percentages import discount, percent_of, tip
from training.data.word_ages import age
from training.data.word_amounts import amounts, height
from training.data.word_change import owned, there, two_losses
from training.data.word_compare import more_than, part_of, times_as_many
from training.data.word_daily import day_span, there_and_back
from training.data.word_each import each_story
from training.data.word_groups import each_then_total, groups, groups_then, legs, packs
from training.data.word_left import left_story
from training.data.word_measures import average, clock, eggs, pages, ratio, rectangle
from training.data.word_money import earn, left_over, profit, save
from training.data.word_motion import distance, duration, meet, round_trip, speed, two_speeds
from training.data.word_parts import difference, three_parts, two_parts
from training.data.word_pieces import again, pieces
from training.data.word_prices import basket, buy_then, by_weight, price, two_prices
from training.data.word_rates import machine, rate, rate_span, rate_time, team
from training.data.word_shares import share, share_rest
from training.data.word_steps import more_steps
from training.data.word_sums import sum_story
from training.data.word_versus import by_so_much, versus
from training.data.word_warmth import measure_change, warmth

CHANGES = [
    (owned, 6),
    (two_losses, 2),
    (there, 5),
    (two_parts, 4),
    (three_parts, 2),
    (difference, 5),
    (more_than, 2),
    (times_as_many, 2),
    (part_of, 2.5),
    (height, 1.5),
    (amounts, 1.5),
]
GROUPS = [
    (groups, 5),
    (rate, 4),
    (rate_span, 1.5),
    (rate_time, 2.5),
    (share, 5),
    (share_rest, 2),
    (groups_then, 4),
    (team, 1),
    (machine, 2),
    (legs, 1),
    (packs, 1.5),
    (each_then_total, 2),
]
MONEY = [
    (price, 5),
    (by_weight, 1),
    (two_prices, 3),
    (left_over, 4),
    (buy_then, 4),
    (basket, 3),
    (earn, 2),
    (save, 1.5),
    (discount, 2),
    (tip, 1),
    (percent_of, 1),
    (profit, 1),
]
MEASURES = [
    (distance, 3),
    (duration, 2),
    (speed, 2),
    (two_speeds, 3),
    (meet, 1),
    (round_trip, 1),
    (age, 5),
    (average, 1.5),
    (ratio, 0.7),
    (rectangle, 2),
    (clock, 1.5),
    (pages, 1),
    (eggs, 1.2),
]
# The same sums in other words: one template a sentence, of every kind that people write.
STORIES = [
    (left_story, 9),
    (sum_story, 7),
    (each_story, 9),
    (pieces, 9),
    (again, 3),
    (more_steps, 9),
    (versus, 7),
    (by_so_much, 4),
    (warmth, 3),
    (measure_change, 3),
    (there_and_back, 4),
    (day_span, 4),
]
TASKS = [*CHANGES, *GROUPS, *MONEY, *MEASURES, *STORIES]
