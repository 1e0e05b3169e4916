"""Open texts that are neither story nor poem: descriptions, letters, plans, menus, dialogues."""

from __future__ import annotations

from training.data import open_words  # noqa: F401  (adds its lists)
from training.data.open_form import Form

PIECES = [
    Form(
        "describe_place",
        [
            "[Describe|Please describe|Can you describe|Tell me about|describe] a <nature2>{p}",
            "[What does a {p} look like|What is it like in a {p}|How does a {p} look]?",
            "Write [a description of|something about|a few lines about] a {p}",
            "Paint a picture of a {p} with words",
        ],
        "The {p} is <look> and <look>. There is a <look> <spot_noun> <under> a <look> <spot_noun>, and it smells of <smell> and <smell>. [A <nature> <friend> <does_softly> <softly>.|You can hear a <sound> and a <sound>.|The <sky> is <look> in the <when>.]",
        given={"p": "view"},
        gen_length=64,
    ),
    Form(
        "describe_person",
        [
            "[Describe|Please describe|Can you describe|describe] [your friend|a friend|a person] [named|called] {n}",
            "Invent a [person|character|hero] [named|called] {n}",
            "Make up a character [named|called] {n}",
            "Who could {n} be? Make something up",
            "Write [something|a few lines|a text] about a person called {n}",
            "[Imagine|Create] a character [named|called] {n}",
        ],
        "{n} is a <person_look> and <nature> <job> from {c}. {n} likes <hobby>, <hobby> and <look> <things_liked>, and has a <look> <vehicle>. [Every <when> {n} eats <food> with a <nature> <friend>.|In the <when> {n} drinks <drink> and plays the <instrument>.]",
        given={"n": "name"},
        drawn={"c": "city"},
        gen_length=64,
    ),
    Form(
        "diary",
        [
            "[Write|Please write|Can you write|Make up|Invent|write] [a diary entry|a page of a diary|a journal entry|an entry for my diary]",
            "[Write|Tell me] about [a day|a good day|a trip|a holiday]",
            "[Describe|Make up|Invent] a day",
            "dear diary",
            "What could happen [today|on a day]? [Make something up|Invent something]",
        ],
        "Today was a <good> day. It was <weather> and <weather>. In the morning I <verb_past> a <look> <object> and ate some <food>. Then I <heard> a <nature> <friend> near the <look> <spot_noun>. [In the evening I was <felt> and <felt>.|At night I was <felt> and drank some <drink>.]",
        gen_length=96,
    ),
    Form(
        "postcard",
        [
            "[Write|Please write|Can you write|write|Make up] a [postcard|holiday card|short letter|note|card] from {c}",
            "[postcard|a postcard|greetings] from {c}",
            "[Write|Make up] a letter from a trip to {c}",
            "Write a postcard. I am in {c}",
        ],
        "Dear {n}, greetings from {c}! It is <weather> and <weather>. Yesterday we <heard> a <nature> <friend> and <verb_past> a <look> <object>. The <place_noun> is <look> and we eat <food>. [See you next <time_span>!|Love, {m}.]",
        given={"c": "city"},
        drawn={"n": "name", "m": "name"},
        gen_length=64,
    ),
    Form(
        "ideas",
        [
            "[Give me|Tell me|I need|Write|Can you give me|List|Do you have] [three|some|a few] ideas for [a rainy day|the weekend|this evening|today|my holiday|a party|Sunday|a free day]",
            "What [can|could|should] I do [on a rainy day|this weekend|on Sunday|when I am bored|on a free day|in the holidays]?",
            "[three|some] ideas for [a rainy day|the weekend|today]",
            "Make a plan for [the weekend|a free day]",
        ],
        "1. <activity> a <look> <do_thing>.\n2. <activity> a <look> <do_thing>.\n3. <activity> a <look> <do_thing> with a <nature> <friend>.",
        gen_length=32,
    ),
    Form(
        "menu",
        [
            "[Write|Make|Give me|Suggest|Invent|Plan|Can you make] a [menu|dinner menu|menu for dinner|menu for tonight|meal plan][| please]",
            "What [could|can] I cook [for dinner|tonight|for my friends|for a party]?",
            "[menu|dinner ideas|a menu] please",
            "Plan a [dinner|lunch]",
        ],
        "First <vegetable> <dish> with <food>. Then <look> <dish> with <vegetable> and <food>. After that <fruit> cake with <food>, and <fruit> <drink> to drink.",
        gen_length=32,
    ),
    Form(
        "dialogue",
        [
            "[Write|Make up|Invent|Please write|Can you write] a [dialogue|conversation|talk|short dialogue] between a {a} and a {b}",
            "What [would|could] a {a} say to a {b}?",
            "A {a} meets a {b}. What do they say?",
            "dialogue: {a} and {b}",
            "Let a {a} talk to a {b}",
        ],
        "{A}: I have a <look> <object> from the <place_noun>.\n{B}: I would like some <food> and <food>.\n{A}: Are you <felt> or <felt> today?\n{B}: I am <felt>, and I saw a <nature> <friend>.",
        given={"a": "animal", "b": "animal"},
        gen_length=96,
    ),
    Form(
        "news",
        [
            "[Write|Make up|Invent|Please write|Can you write] [a news story|a short news story|funny news|a headline|a report] from {c}",
            "What could happen in {c}? Make it up",
            "Invent something that happens in {c}",
            "[news|made up news] from {c}, please make it up",
            "Make up a story from the newspaper of {c}",
        ],
        "A <nature> <job> <found> a <look> <object> <under> a <look> <spot_noun> in {c}. The <nature> <friend> of the <job> was <felt> and <said> a <look> song. It is <weather> in {c} and people eat <food>.",
        given={"c": "city"},
        gen_length=64,
    ),
    Form(
        "wish",
        [
            "[Write|Make up|Give me|Invent|Tell me] [a wish|three wishes|some wishes|good wishes]",
            "What would you wish for?",
            "[Make|Write] a wish list",
            "What do you wish for?",
            "wishes please",
            "If you had three wishes, what would they be?",
        ],
        "I wish for a <look> <object>, a <nature> <friend> and some <food>. I also want a <look> <vehicle>, a <look> <furniture> and a <good> <time_span>.",
        gen_length=32,
    ),
]
