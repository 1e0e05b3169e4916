"""What can be measured and compared, and the words for it."""

from __future__ import annotations

from dataclasses import dataclass

from training.data import vocabulary as v


@dataclass(frozen=True)
class Quality:
    """Something that two of a kind have, each so much of it.

    `states` says what one has (slots `X` and `v`), `asks` asks for it; `more` and `less` compare; `extra` are
    further questions for the difference (slots `X`, the one with more, `Y`, the other, and `u`, the unit).
    """

    kinds: tuple[str, ...]
    units: tuple[str, ...]
    states: str
    asks: str
    more: str
    less: str
    noun: str
    extra: tuple[str, ...] = ()
    given_more: str = ""
    low: int = 2
    high: int = 99


KINDS: dict[str, list[str]] = {
    "animal": """the cat|the dog|the horse|the pig|the sheep|the goat|the lion|the bear|the fox|the wolf|the rabbit|
the duck|the turtle|the tiger|the monkey|the cow|the puppy|the kitten|the elephant|the penguin""".replace(
        "\n", ""
    ).split("|"),
    "parcel": """the red box|the blue box|the big bag|the small bag|the table|the chair|the bike|the stone|the book|the lamp|
the first box|the second box|the melon|the pumpkin|the suitcase|the parcel|the basket|the sack|the old bag""".replace(
        "\n", ""
    ).split("|"),
    "tall": """the tower|the tree|the house|the church|the wall|the oak|the apple tree|the new building|the old building|
the plant|the flower|the ladder|the lamp|the hill|the statue|the school|the fence|the red tower""".replace(
        "\n", ""
    ).split("|"),
    "long": """the rope|the ribbon|the red ribbon|the blue ribbon|the road|the bridge|the train|the river|the snake|the table|
the wall|the board|the pencil|the street|the garden|the boat|the bus|the first rope|the second rope|the scarf""".replace(
        "\n", ""
    ).split("|"),
    "lasting": """the film|the first film|the second film|the lesson|the trip|the flight|the game|the concert|the song|
the bus ride|the train ride|the walk|the meeting|the movie|the way to school|the cake|the homework|the show""".replace(
        "\n", ""
    ).split("|"),
    "deep": """the lake|the pool|the well|the pond|the river|the hole|the first hole|the second hole|the harbor|the sea""".replace(
        "\n", ""
    ).split("|"),
    "mover": """the car|the bus|the train|the bike|the truck|the horse|the boat|the ship|the plane|the van|the taxi|the dog|
the red car|the blue car|the runner|the rabbit|the motorbike|the first car|the second car""".replace(
        "\n", ""
    ).split("|"),
    "holder": """the tank|the barrel|the pool|the bucket|the big bottle|the small bottle|the bathtub|the first tank|
the second tank|the jar|the red bucket|the green bucket|the can|the pot""".replace("\n", "").split("|"),
    "group": """the school|the first class|the second class|the choir|the village|the club|the hotel|the train|the bus|
the red team|the blue team|the old school|the new school|the farm|the cinema|the camp""".replace(
        "\n", ""
    ).split("|"),
    "where": [f"in {city}" for city in v.CITIES]
    + [f"in {m}" for m in v.MONTHS]
    + """in the kitchen|in the cellar|in the garden|in the mountains|in the morning|in the evening|at noon|at night|outside|
inside|on Monday|on Tuesday|yesterday|today|in the house|by the sea|in the city|in the north|in the south""".replace(
        "\n", ""
    ).split("|"),
}
LENGTHS = ("cm", "meters", "centimeters", "m", "feet", "inches")
QUALITIES = [
    Quality(
        ("person", "person", "animal", "parcel"),
        ("kg", "kg", "kilograms", "pounds", "kilos", "grams"),
        "{X} [weighs|weighs|weighs|has a weight of] {v}",
        "[How much does {X} weigh|What does {X} weigh|How heavy is {X}|What is the weight of {X}|How many {u} does {X} weigh]",
        "heavier",
        "lighter",
        "weight",
        ("How much more does {X} weigh [than {Y}|]", "How many {u} more does {X} weigh [than {Y}|]"),
        "[is {d} heavier|weighs {d} more]",
    ),
    Quality(
        ("person", "person", "tall"),
        LENGTHS,
        "{X} is {v} [tall|tall|tall|high]",
        "[How tall is {X}|What is the height of {X}|How many {u} tall is {X}]",
        "taller",
        "[shorter|smaller]",
        "height",
        low=4,
        high=199,
    ),
    Quality(
        ("long",),
        LENGTHS,
        "{X} [is {v} long|is {v} long|has a length of {v}|measures {v}]",
        "[How long is {X}|What is the length of {X}|How many {u} long is {X}]",
        "longer",
        "shorter",
        "length",
    ),
    Quality(
        ("person",),
        ("years",),
        "{X} is [{v} old|{v} old|{v} of age]",
        "[How old is {X}|What is the age of {X}]",
        "older",
        "younger",
        "age",
        high=60,
    ),
    Quality(
        ("lasting",),
        ("minutes", "hours", "minutes", "seconds"),
        "{X} [takes|lasts|needs] {v}",
        "[How long does {X} take|How many {u} does {X} take|How long is {X}]",
        "longer",
        "shorter",
        "time",
        ("How much longer does {X} take [than {Y}|]", "How many {u} longer does {X} last"),
        "[is {d} longer|takes {d} longer|takes {d} more]",
    ),
    Quality(
        ("deep",),
        ("meters", "feet", "m"),
        "{X} is {v} deep",
        "[How deep is {X}|What is the depth of {X}]",
        "deeper",
        "less deep",
        "depth",
    ),
    Quality(
        ("mover", "person"),
        ("km per hour", "miles per hour", "kilometers per hour", "km an hour", "miles an hour"),
        "{X} [goes|travels at|moves at|runs|drives at|goes at|does] {v}",
        "[How fast is {X}|What is the speed of {X}|How fast does {X} go]",
        "faster",
        "slower",
        "speed",
    ),
    Quality(
        ("holder",),
        ("liters", "liters", "ml", "cups"),
        "{X} [holds|has room for|contains|can hold] {v}",
        "[How much does {X} hold|How many {u} does {X} hold|How many {u} fit into {X}]",
        "larger",
        "smaller",
        "size",
        (
            "How [much|many {u}] more does {X} hold [than {Y}|]",
            "How many more {u} fit into {X} [than into {Y}|]",
        ),
        "holds {d} more",
    ),
    Quality(
        ("goods", "goods", "goods"),
        ("dollars", "dollars", "euros", "cents", "bucks"),
        "{X} [costs|costs|is|sells for]  {v}",
        "[How much does {X} cost|What does {X} cost|What is the price of {X}|How much is {X}]",
        "more expensive",
        "cheaper",
        "price",
        (
            "How much more does {X} cost [than {Y}|]",
            "How much do you save if you buy {Y} [instead of {X}|and not {X}]",
        ),
        "[is {d} more expensive|costs {d} more]",
    ),
    Quality(
        ("person",),
        ("points", "dollars", "pages", "kilometers", "goals", "stamps", "words", "apples", "meters", "miles"),
        "{X} [got|has|made|has got]  {v}",
        "[How many {u} did {X} get|How many {u} does {X} have]",
        "",
        "",
        "number",
        (
            "How many more {u} does {X} have [than {Y}|]",
            "By how many {u} is {X} ahead [of {Y}|]",
            "How many {u} more [does {X} have|is that]",
            "How many {u} fewer does {Y} have",
            "How many {u} less does {Y} have",
            "How many {u} behind {X} is {Y}",
        ),
    ),
    Quality(
        ("group",),
        ("students", "people", "members", "seats", "children", "rooms", "guests"),
        "{X} has {v}",
        "How many {u} does {X} have",
        "",
        "",
        "number",
        (
            "How many more {u} does {X} have [than {Y}|]",
            "How many {u} more has {X} [than {Y}|]",
            "How many fewer {u} does {Y} have",
        ),
    ),
]
WARMTH = Quality(
    ("where",),
    ("degrees", "degrees", "degrees", "degrees Celsius"),
    "[it is {v} {X}|it was {v} {X}|the temperature {X} is {v}|{X} it is {v}|{X} it was {v}]",
    "[How warm is it {X}|What is the temperature {X}|How many degrees is it {X}]",
    "[warmer|hotter]",
    "[colder|cooler]",
    "temperature",
    high=40,
)
