"""Texts with many right continuations: stories, poems, descriptions, lists, letters.

The text of a form is one template, so that the pattern which accepts it comes from the same place.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from random import Random

from training.data import open_words  # noqa: F401  (adds its lists)
from training.data.people import made_up_name
from training.data.phrase import one_of, pattern, say
from training.data.vocabulary import LISTS


@dataclass(frozen=True)
class Form:
    """One kind of open text.

    `given` are the slots named in the prompt, `drawn` those that the text chooses itself; both map a slot to the
    name of its list. `prompts` and `text` are templates.
    """

    name: str
    prompts: list[str]
    text: str
    given: dict[str, str] = field(default_factory=dict)
    drawn: dict[str, str] = field(default_factory=dict)
    gen_length: int = 64


START = "[Once upon a time|Long ago|Many years ago] a <nature> {a} named {n} lived in the {p}."
START_AN = "[In the {p} there lived a <nature> {a} named {n}.|" + START + "|{n} was a <nature> {a} and lived in the {p}.]"
MIDDLE = (
    " [One <when> {n} <found> a <look> <object> <under> the <look> <spot_noun>."
    "|Every <when> {n} <went> <far> and <heard> a <nature> <friend>."
    "|One <when> a <nature> <friend> <said> that the <look> <object> was <under> the <spot_noun>.]"
    " [{n} was <felt> and <felt>, but a <nature> <friend> <went> along."
    "|The <look> <object> was for a <nature> <friend> from the <place_noun>."
    "|For <number_word> <time_span>s {n} <heard> the <sound> of the <place_noun>.]"
)
END = (
    " [Then {n} <went> <far> with a <look> <object> and some <food>.|At last {n} <found> the <look> <place_noun> and was <felt>."
    "|In the end the <friend> and the {a} <went> <far> and ate some <food>.]"
    " [Since that <time_span> nobody in the {p} was <felt>.|Since that <time_span> {n} was never <felt> in the {p}.]"
)
STORY = START_AN + MIDDLE + END

RHYMES = (
    "[The <sky> is <look>, the <sky> is <look>,\nthe <nature> <friend> is never cold.\nThe <look> <object> <does_softly> <softly>\nand tells the stories it was told."
    "|A <nature> <friend>, a <look> <object>,\nthe <sky> above the <spot_noun> is white.\nIt <does_softly> <softly> in the <place_noun>\nand keeps a <look> <object> in the night."
    "|The <nature> <friend> looks at the sea,\nthe <sky> <does_softly> <softly> and free.\nA <look> <object> <under> the <spot_noun>\nis all the <friend> would like to be.]"
)
ABOUT = (
    "[The {t} is <look>, the {t} is <look>,\nthe <nature> <friend> is never cold.\nThe <look> <object> <does_softly> <softly>\nand tells the stories it was told."
    "|I saw the {t} one <when> night,\nthe <sky> was <look>, the <sky> was white.\nA <nature> <friend> <does_softly> <softly>\nand keeps a <look> <object> in the light."
    "|The <nature> <friend> looks at the {t},\nthe <sky> <does_softly> <softly>, you see.\nA <look> <object> <under> the <spot_noun>\nis all the <friend> would like to be.]"
)
TELL = "[Tell me|Write|Write me|Can you tell me|Can you write|Please write|Please tell me|I want|Give me|Make up|Invent|tell me|I would like]"

FORMS = [
    Form("story", [
        TELL + " a [|short |nice |little ]story about a {a} [named|called] {n} in the {p}", TELL + " a [short |]story about a {a} [named|called] {n} who lives in the {p}", TELL + " a story about {n}, a {a} in the {p}",
        "a [short |]story about {n} the {a} in the {p}", TELL + " a tale of a {a} [named|called] {n} from the {p}", "Story: {n}, {a}, {p}",
    ], STORY, given={"a": "animal", "n": "name", "p": "setting"}, gen_length=96),
    Form("story_animal", [
        TELL + " a [|short |nice |little |bedtime ]story about a {a}[| please]", "a [short |]story about a {a}[| please]", "[story|Story] about a {a}", "[Do you know|Is there] a story about a {a}?", TELL + " a [bedtime |]tale about a {a}",
    ], "[Once upon a time|Long ago|Many years ago] a <nature> {a} named {n} lived in the {p}." + MIDDLE + END, given={"a": "animal"}, drawn={"n": "name", "p": "setting"}, gen_length=96),
    Form("story_any", [
        TELL + " a [|short |nice |little |bedtime |new ]story[| please]", "[story|a story|another story|one more story][| please]", "[Tell|Write] [me |][another|a different|one more|any] story", "Tell me a tale", "Do you know [a story|any stories]?",
    ], "[Once upon a time|Long ago|Many years ago] a <nature> {a} named {n} lived in the {p}." + MIDDLE + END, drawn={"a": "animal", "n": "name", "p": "setting"}, gen_length=96),
    Form("tiny_story", [
        TELL + " a [very short|tiny|mini|two sentence] story about a {a} in the {p}", "a [very short|tiny] story about a {a} in the {p}", TELL + " a [very short|tiny] story about a {a} that lives in the {p}",
    ], "A <nature> {a} [lived|slept|worked] in the {p}. [Every <when> it <went> <far> and <found> a <look> <object>.|One <when> it <heard> a <nature> <friend> <under> the <spot_noun>.] [It was never <felt> again.|After that it was always <felt>.]", given={"a": "animal", "p": "setting"}, gen_length=64),
    Form("poem_about", [
        TELL + " a [|short |little |small |nice ]poem about the {t}", "[a |]poem about the {t}[| please]", TELL + " [four lines|some lines|a verse|a rhyme] about the {t}", "poem: the {t}", "Can you rhyme about the {t}?",
    ], ABOUT, given={"t": "poem_topic"}, gen_length=64),
    Form("poem", [TELL + " a [|short |little |small |nice |new ]poem[| please]", "[poem|a poem|another poem][| please]", "Write [something poetic|a verse|four lines of poetry]", "Can you write poems?"], RHYMES, gen_length=64),
    Form("describe_place", [
        "[Describe|Please describe|Can you describe|Tell me about|describe] a <nature2>{p}", "[What does a {p} look like|What is it like in a {p}|How does a {p} look]?", "Write [a description of|something about|a few lines about] a {p}", "Paint a picture of a {p} with words",
    ], "The {p} is <look> and <look>. There is a <look> <spot_noun> <under> a <look> <spot_noun>, and it smells of <smell> and <smell>. [A <nature> <friend> <does_softly> <softly>.|You can hear a <sound> and a <sound>.|The <sky> is <look> in the <when>.]", given={"p": "view"}, gen_length=64),
    Form("describe_person", [
        "[Describe|Please describe|Can you describe|describe] [your friend|a friend|a person] [named|called] {n}", "Invent a [person|character|hero] [named|called] {n}", "Make up a character [named|called] {n}", "Who could {n} be? Make something up", "Write [something|a few lines|a text] about a person called {n}", "[Imagine|Create] a character [named|called] {n}",
    ], "{n} is a <person_look> and <nature> <job> from {c}. {n} likes <hobby>, <hobby> and <look> <object>s, and has a <look> <vehicle>. [Every <when> {n} eats <food> with a <nature> <friend>.|In the <when> {n} drinks <drink> and plays the <instrument>.]", given={"n": "name"}, drawn={"c": "city"}, gen_length=64),
    Form("diary", [
        "[Write|Please write|Can you write|Make up|Invent|write] [a diary entry|a page of a diary|a journal entry|an entry for my diary]", "[Write|Tell me] about [a day|a good day|a trip|a holiday]", "[Describe|Make up|Invent] a day", "dear diary", "What could happen [today|on a day]? [Make something up|Invent something]",
    ], "Today was a <good> day. It was <weather> and <weather>. In the morning I <verb_past> a <look> <object> and ate some <food>. Then I <heard> a <nature> <friend> near the <look> <spot_noun>. [In the evening I was <felt> and <felt>.|At night I was <felt> and drank some <drink>.]", gen_length=96),
    Form("postcard", [
        "[Write|Please write|Can you write|write|Make up] a [postcard|holiday card|short letter|note|card] from {c}", "[postcard|a postcard|greetings] from {c}", "[Write|Make up] a letter from a trip to {c}", "Write a postcard. I am in {c}",
    ], "Dear {n}, greetings from {c}! It is <weather> and <weather>. Yesterday we <heard> a <nature> <friend> and <verb_past> a <look> <object>. The <place_noun> is <look> and we eat <food>. [See you next <time_span>!|Love, {m}.]", given={"c": "city"}, drawn={"n": "name", "m": "name"}, gen_length=64),
    Form("ideas", [
        "[Give me|Tell me|I need|Write|Can you give me|List|Do you have] [three|some|a few] ideas for [a rainy day|the weekend|this evening|today|my holiday|a party|Sunday|a free day]", "What [can|could|should] I do [on a rainy day|this weekend|on Sunday|when I am bored|on a free day|in the holidays]?", "[three|some] ideas for [a rainy day|the weekend|today]", "Make a plan for [the weekend|a free day]",
    ], "1. <activity> a <look> <do_thing>.\n2. <activity> a <look> <do_thing>.\n3. <activity> a <look> <do_thing> with a <nature> <friend>.", gen_length=32),
    Form("menu", [
        "[Write|Make|Give me|Suggest|Invent|Plan|Can you make] a [menu|dinner menu|menu for dinner|menu for tonight|meal plan][| please]", "What [could|can] I cook [for dinner|tonight|for my friends|for a party]?", "[menu|dinner ideas|a menu] please", "Plan a [dinner|lunch]",
    ], "First <vegetable> <dish> with <food>. Then <look> <dish> with <vegetable> and <food>. After that <fruit> cake with <food>, and <fruit> <drink> to drink.", gen_length=32),
    Form("dialogue", [
        "[Write|Make up|Invent|Please write|Can you write] a [dialogue|conversation|talk|short dialogue] between a {a} and a {b}", "What [would|could] a {a} say to a {b}?", "A {a} meets a {b}. What do they say?", "dialogue: {a} and {b}", "Let a {a} talk to a {b}",
    ], "{A}: I have a <look> <object> from the <place_noun>.\n{B}: I would like some <food> and <food>.\n{A}: Are you <felt> or <felt> today?\n{B}: I am <felt>, and I saw a <nature> <friend>.", given={"a": "animal", "b": "animal"}, gen_length=64),
    Form("news", [
        "[Write|Make up|Invent|Please write|Can you write] [a news story|a short news story|funny news|a headline|a report] from {c}", "What could happen in {c}? Make it up", "Invent something that happens in {c}", "[news|made up news] from {c}, please make it up", "Make up a story from the newspaper of {c}",
    ], "A <nature> <job> <found> a <look> <object> <under> a <look> <spot_noun> in {c}. The <nature> <friend> of the <job> was <felt> and <said> a <look> song. It is <weather> in {c} and people eat <food>.", given={"c": "city"}, gen_length=64),
    Form("wish", [
        "[Write|Make up|Give me|Invent|Tell me] [a wish|three wishes|some wishes|good wishes]", "What would you wish for?", "[Make|Write] a wish list", "What do you wish for?", "wishes please", "If you had three wishes, what would they be?",
    ], "I wish for a <look> <object>, a <nature> <friend> and some <food>. I also want a <look> <vehicle>, a <look> <furniture> and a <good> <time_span>.", gen_length=32),
]
LISTS["poem_topic"] = "moon sea rain snow night forest river city garden winter summer autumn spring wind storm mountain cat dog horse road island village ship train star cloud fire lake".split()
LISTS["view"] = "forest garden city village castle desert jungle library house harbor market street room beach mountain valley farm kitchen cave island park shop school tower".split()
LISTS["nature2"] = ["", "", "", "", "nice ", "small ", "quiet ", "old "]


def open_text(rng: Random) -> tuple[Form, dict[str, str], str, str]:
    """A form, its given slots, a prompt and one of its many texts."""
    form = one_of(rng, FORMS)
    given = {slot: made_up_name(rng) if listed == "name" and rng.random() < 0.15 else one_of(rng, LISTS[listed]) for slot, listed in form.given.items()}
    if form.name == "dialogue":
        while given["a"] == given["b"]:
            given["b"] = one_of(rng, LISTS["animal"])
        given |= {"A": given["a"].capitalize(), "B": given["b"].capitalize()}
    drawn = {slot: one_of(rng, LISTS[listed]) for slot, listed in form.drawn.items()}
    prompt = say(rng, form.prompts, **given)
    return form, given, _an(prompt), say(rng, form.text, **given, **drawn)


def open_pattern(form: Form, given: dict[str, str]) -> str:
    """The regular expression of every text of this form with these given slots."""
    return pattern(form.text, **given, **{slot: f"<{listed}>" for slot, listed in form.drawn.items()})


def _an(text: str) -> str:
    return re.sub(r"\b([Aa]) (?=[aeiou])", r"\1n ", text)


# What "name three of them" may ask for: plural, list.
KINDS = [
    ("animals", "animal"), ("colors", "color"), ("fruits", "fruit"), ("vegetables", "vegetable"), ("cities", "city"), ("countries", "country"), ("names", "name"), ("body parts", "body"), ("instruments", "instrument"), ("sports", "sport"), ("tools", "tool"),
    ("drinks", "drink"), ("clothes", "cloth"), ("vehicles", "vehicle"), ("pieces of furniture", "furniture"), ("names for a cat", "pet_name"), ("names for a dog", "pet_name"), ("jobs", "job"), ("hobbies", "hobby"), ("words", "word"), ("foods", "food"), ("pet names", "pet_name"),
]
COUNTS = {3: "three", 4: "four", 5: "five", 6: "six", 7: "seven"}


def name_some(rng: Random) -> tuple[str, str, int, str]:
    """A request for several things of a kind, an answer, the number asked for and the list's name."""
    plural, listed = one_of(rng, KINDS)
    k = rng.choices((3, 4, 5, 6, 7), (2, 2, 4, 3, 2))[0]
    prompt = say(rng, [
        "[Name|List|Give me|Tell me|Write down|Say|Can you name|Can you list|Please name|I need|Think of|name|give me|list] {n} {t}[| please]", "[What are|Do you know] {n} {t}?", "{n} {t}[| please]", "[Write|Make] a list [of|with] {n} {t}", "[Choose|Pick] {n} {t}", "[Suggest|Find] {n} {t}",
    ], n=COUNTS[k] if rng.random() < 0.7 else k, t=plural)
    words = rng.sample(LISTS[listed], k)
    text = ", ".join(words[:-1]) + " and " + words[-1] + "."
    return prompt, text[0].upper() + text[1:], k, listed


def some_pattern(k: int, listed: str) -> str:
    """The regular expression of k different words of a list, as `name_some` writes them."""
    word = "(?:" + "|".join(LISTS[listed]) + ")"
    return rf"(?i)(?!.*\b(\w+)\b.*\b\1\b){word}(?:, {word}){{{k - 2}}} and {word}\."


def pick(rng: Random) -> tuple[str, str, str]:
    """One thing chosen at random: a request, a choice, and the pattern of all choices."""
    kind = rng.randint(0, 5)
    if kind == 0:
        a = one_of(rng, (0, 1, 1, 1, 5, 10))
        b = one_of(rng, [n for n in (5, 6, 10, 12, 20, 50, 100) if n > a])
        prompt = say(rng, ["[Give me|Pick|Choose|Tell me|Say|Think of] a [random |]number [between|from] {a} [and|to] {b}", "a random number [between|from] {a} [and|to] {b}", "random number {a} to {b}"], a=a, b=b)
        return prompt, f"{rng.randint(a, b)}.", "(?:" + "|".join(map(str, range(a, b + 1))) + r")\."
    if kind == 1:
        return say(rng, ["[Flip|Toss|Throw] a coin[| for me| please]", "[Heads or tails|heads or tails]?", "coin flip"]), one_of(rng, ("Heads.", "Tails.")), r"(?:Heads|Tails)\."
    if kind == 2:
        return say(rng, ["[Roll|Throw] a [die|dice][| for me| please]", "roll the dice"]), f"{rng.randint(1, 6)}.", r"[1-6]\."
    if kind == 3:
        return say(rng, ["[Invent|Make up|Think of] a [|new |funny |nice ]name", "[Invent|Make up] a [fantasy|new] name", "What could I call my hero?"]), made_up_name(rng) + ".", r"[A-Z][a-z]+\."
    what, listed = one_of(rng, [("animal", "animal"), ("color", "color"), ("fruit", "fruit"), ("city", "city"), ("word", "word"), ("sport", "sport"), ("job", "job"), ("country", "country"), ("drink", "drink")])
    prompt = say(rng, ["[Pick|Choose|Name|Tell me|Give me|Think of|Say] [a|any|some|one] {w}", "[Pick|Choose|Give me] a random {w}", "random {w}[| please]"], w=what)
    word = one_of(rng, LISTS[listed])
    return _an(prompt), word[0].upper() + word[1:] + ".", "(?i)(?:" + "|".join(LISTS[listed]) + r")\."
