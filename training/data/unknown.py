"""Questions outside the model's small world. The honest answer is always the same."""

# ruff: noqa: SIM905 (a list of words reads best as a text)

from __future__ import annotations

from random import Random

from training.data import vocabulary as v
from training.data.people import made_up_name, made_up_word, name
from training.data.phrase import one_of, say

REPLY = "I do not know that. I am a tiny demo model for sums, word problems, word tasks, units, dates and small JSON."

TOPICS = """
love war peace history science biology chemistry physics economics politics religion art music football tennis
gravity magnetism democracy philosophy quantum computers evolution medicine vaccines cooking dinosaurs space
planets oceans climate volcanoes money banks taxes law education psychology engines rockets airplanes bridges
genes cells atoms electricity heat light sound poetry novels films theater fashion travel sports chess dance
photosynthesis inflation blockchain yoga earthquakes tsunamis weather hurricanes nutrition vitamins allergies
cancer diabetes anatomy geometry algebra calculus statistics grammar linguistics journalism marketing
advertising agriculture fishing mining architecture sculpture opera jazz ballet baseball basketball hockey
boxing skiing surfing camping hiking gardening archery golf cricket rugby
""".split()
SUBJECTS = """the moon|the sun|a computer|a car|a bicycle|a rainbow|the sky|a black hole|an atom|a virus|a cell|a tree|
a president|a king|happiness|a neuron|a star|a comet|the internet|a phone|a battery|a magnet|an engine|bread|coffee|chocolate|
a violin|the universe|a dream|a volcano|an earthquake|a cloud|a shadow|ice|fire|salt|wine|cheese|a camera|a clock|glass|paper|
steel|gold|diamonds|a telescope|a microscope|a helicopter|an airplane|a submarine|a bridge|a tornado|the heart|the brain|
the stomach|blood|bones|teeth|skin|sleep|a fever|a cold|the ocean|a river|a glacier|a desert|soap|plastic|rubber|sugar|tea|beer|
a sandwich|soup|pizza|pasta|rice|an omelet|a cake""".replace("\n", "").split("|")
PEOPLE = """president|king|queen|prime minister|mayor|leader|chancellor|capital|currency|flag|population|official language|national
anthem|largest city|highest mountain|longest river|area|climate|history|religion|national dish|government|best hotel|oldest building""".replace(
    "\n", " "
).split("|")
SUPERLATIVES = """tallest|highest|biggest|largest|longest|deepest|oldest|fastest|smallest|richest|most famous|most beautiful|
heaviest|hottest|coldest|best|worst|strongest|most expensive|most popular""".replace("\n", "").split("|")
KINDS = """mountain|river|lake|ocean|country|city|building|animal|bird|fish|car|film|book|song|person|planet|star|island|desert|
language|football player|singer|tree|bridge|tower|restaurant|phone|computer|game|dinosaur|insect|flower""".replace(
    "\n", ""
).split("|")
WORKS = """the Bible|the Iliad|Romeo and Juliet|Don Quixote|Faust|the Odyssey|War and Peace|Moby Dick|the Starry Night|Macbeth|
the last film|the last book|the new movie|Robinson Crusoe|Gulliver|Pinocchio|Peter Pan|Dracula|Frankenstein|Alice in Wonderland|
Mozart|Beethoven|Bach|Picasso|Einstein|Newton|Darwin|Napoleon|Caesar|Cleopatra|Columbus|Shakespeare|Homer|Plato""".replace(
    "\n", ""
).split("|")
LANGUAGES = """
French German Spanish Italian Chinese Japanese Russian Latin Greek Portuguese Arabic Dutch Korean Hindi Polish
Turkish
""".split()

QUESTIONS = [
    "[What is|What's|Tell me|Do you know|Can you tell me] the {people} of {country}?",
    "Who is the [president|king|queen|prime minister|leader|mayor] of {place}?",
    "Who [was|is] the [first|last|current|next] [president|king|queen|prime minister|emperor] of {country}?",
    "How many people live in {place}?",
    "Where is {place}?",
    "[Which|What] country is {city} in?",
    "What language do people speak in {country}?",
    "What is {place} [famous|known] for?",
    "How far is it from {city} to {place}?",
    "How far is {city}[ from {country}|]?",
    "What is the population of {place}?",
    "What time is it in {city}?",
    "What is the weather in {city}?",
    "Who [wrote|painted|composed|directed|read|made|sang] {work}?",
    "Who [was|is] {work}?",
    "When was {work} [written|made|born|published|painted]?",
    "[What is|Summarize|Tell me about|Explain] [the plot of |the story of |]{work}",
    "Summarize {work}",
    "What did {work} [do|say|write|discover]?",
    "Who plays [in|the main role in] {work}?",
    "Who [invented|discovered|built|created] {subject}?",
    "When was {subject} [invented|discovered|built]?",
    "Who is {fake}?",
    "Who was {name} {fake}?",
    "What is {fake}?",
    "who is {name}[| {fake}]?",
    "Where does {fake} live?",
    "What is {subject}[ made of|]?",
    "What [is|are] {topic}?",
    "[Explain|Please explain|Can you explain|Could you explain|Describe] [{topic}|{subject}|how {topic} works|how {topic} work|how {subject} works|the idea of {topic}|the history of {topic}|the theory of {topic}][| to me| to a child| in simple words| briefly]",
    "[Tell me|Can you tell me|Teach me|I want to know] [about|everything about|something about|more about] [{topic}|{place}|{subject}|{fake}|the history of {place}|the history of {topic}|the life of {work}]",
    "How [does {subject}|do {topic}] work?",
    "Why is {subject} [important|useful|dangerous|blue|round|hot|cold]?",
    "Why [does|do] {topic} [exist|matter|happen]?",
    "What causes [{topic}|{subject}]?",
    "How is {subject} made?",
    "[How do I|How can I|How do you|How does one|How to|Tell me how to|Teach me how to] [make|cook|fix|bake|build|clean|draw|repair|buy|grow|use|sell|paint|prepare] {subject}[?|]",
    "How do [airplanes|birds|planes|helicopters|ships|submarines|rockets|balloons] [stay in the air|fly|float|swim|stay up|move]?",
    "[Translate|Please translate|Can you translate] [{word}|the word {word}|good morning|thank you|this|hello|I love you|good night|how are you|{word} {word2}] [to|into|in] {language}",
    "How do you say [{word}|hello|thank you|goodbye] in {language}?",
    "What does {fake} mean?",
    "Define [{topic}|{fake}]",
    "What is the [meaning|definition] of [{fake}|{topic}|life]?",
    "What is {language} for {word}?",
    "Write [a sentence|something|a poem] in {language}",
    "Write [an essay|a report|an article|a blog post|a song|a speech|a paper|a book|a novel|a review|a summary] about {topic}",
    "Write an email to [my boss|{name}|a client|my landlord]",
    "[Write|Please write|Can you write|Give me|Show me|Create] [code for {topic}|a Python program|a Python script|a function that sorts {word}|a program in Java|some HTML|a SQL query|a script that {does}|a Python function that {does}|a shell script|a web page|a Python script that {does}|code that {does}]",
    "Write code",
    "write a function to add two numbers",
    "[Debug|Fix|Explain|Review] [this|my] code",
    "write a haiku[| about {word}]",
    "Summarize [this article|the news|this text|the book|the film|this page][| about {topic}]",
    "Give me [advice|tips|information|news|facts] about {topic}",
    "What should I [eat|wear|do about {topic}|study|read|watch] [today|tonight|]?",
    "Should I [become a {job}|buy a house|quit my job|learn {language}|move to {city}|invest in {topic}]?",
    "How can I [become a {job}|learn {language}|lose weight|earn money|get rich|sleep better|study better|find a job|stop smoking|learn {topic}]?",
    "What does a {job} do?",
    "How much does a {job} earn?",
    "What do {animal}s eat?",
    "How long does a {animal} live?",
    "How fast [is|can] a {animal}[ run|]?",
    "Where [does|do] [a {animal}|{animal}s] live?",
    "How [big|heavy|old] can a {animal} get?",
    "How many {animal}s are there in the world?",
    "What is the [best|worst|latest] [film|book|song|news|team|game|restaurant] [about {topic}|in {city}|of all time|this year|]?",
    "Recommend a [book|film|restaurant|hotel|song][ about {topic}| in {city}|]",
    "[recommend|suggest|find|name|pick|show|Recommend|Suggest] [me |us |][a|some|one] [good|nice|new|funny|great|cheap|scary|old|] [movie|book|film|restaurant|hotel|song|series|game|recipe|place|museum|podcast|band|gift|wine][| about {topic}| in {city}| for tonight| to watch| to read| for my friend|, please]",
    "[Which|What] [movie|book|film|restaurant|hotel|song|game|recipe] [should I|can I|would you|do you] [pick|recommend|suggest|choose|like|watch|read][| tonight| today| in {city}]?",
    "[Do you know|Can you recommend|Is there|I need|I want|I am looking for] a good [movie|book|film|restaurant|hotel|song|game|doctor|school][| about {topic}| in {city}| near {city}][?|]",
    "What is a good [movie|book|film|restaurant|hotel|song|gift|name for a {animal}][| about {topic}| in {city}| for my mother]?",
    "[Who|who] was the [first|last|second|only] [man|woman|person|human|astronaut|{job}] [on the moon|in space|on {subject}|in {country}|at the south pole|on the highest mountain|to fly|to climb {fake}]?",
    "[What|what] [do|does|would|can] [{animal}s|a {animal}|my {animal}|pandas|children|babies|old people] [like to|want to|usually|often|never] [eat|drink|do|play with|dream of]?",
    "[How|how] is [the stock market|the economy|the traffic|the president|{name}|my team|life|business|the mood in {country}] [doing|going|today|now][ today|]?",
    "[What|what] is the [stock market|dollar|euro|price of gold|traffic|football team] doing[ today| now|]?",
    "[Why|why] do [leaves|{animal}s|birds|apples|stars|volcanoes|waves|cats|dogs|plants|clouds|rivers] [fall|sing|move|fly south|shine|change color|bark|grow|rain|sleep|migrate|break|flow] [in autumn|in winter|at night|in summer|down|]?",
    "[Why|why] [is|are] [the sky|grass|snow|the sea|blood|leaves|roses|bananas|clouds] [blue|green|white|salty|red|yellow|gray|wet]?",
    "[Which|which|What] {kind} is the {sup} one[| in Africa| in Europe| in Asia| in America| in {country}| in the world]?",
    "[Where|where] [is|do I find|can one see|lies|was] the {sup} {kind}[| in Africa| in Europe| in {country}]?",
    "[How|how] [high|long|big|old|deep|tall|far] is the {sup} {kind}[| in {country}| on earth]?",
    "[please |Please |can you |]translate [the word |the sentence |this word: |]{word} [to|into] {language}[ for me| please|, please|]",
    "[What|what] [is|would be|means] the word {word} in {language}?",
    "[Tell|tell] me [what happened|who won|what is new|what is going on] in {country}[ today| in {num}| last year|]",
    "[I would like|I want|I need|help me] to [understand|learn|know more about|write about|read about|study] {topic}[, please explain|, please|]",
    "[Could|Can|Would] you [explain|describe|summarize|teach me|tell me about] {topic}[| in one sentence| please|, please]?",
    "[At what time|When] does [the shop|the bank|the bus|the train|the museum|the film] [open|close|leave|start|come][ today| in {city}|]?",
    "[How|how] do I get [to|from {city} to] {place}[ by train| by car|]?",
    "[Which|What] [team|club|singer|actor|phone|car|computer|language] is [the best|better|your favorite|most popular]?",
    "[Who|who] [sings|sang|plays|played|wrote|made|directed] [that song|this film|{work}|the song about {topic}]?",
    "[In|in] [which|what] year [was|did] [{work}|the war|{country}|{name}] [born|end|begin|founded|written]?",
    "[What|what] is [the name|the capital|the flag|the money|the president] of [the country|the city|the team|{country}|{place}]?",
    "[What|what] should I [cook|name my {animal}|give my {job}|say to {name}|do in {city}|buy][ today| tonight|]?",
    "[Help|help] me [with|write|find|fix|choose] [my essay|my {topic} homework|a letter to {name}|my computer|my car|my job application|a name for my {animal}|a new phone]",
    "[My|my] [head|tooth|back|{animal}|car|phone|computer] [hurts|is broken|does not work|is ill][, what now|, what can I do|. What should I do|][?|]",
    "What [is the|are the latest] news [about {topic}|today|from {country}]?",
    "[Who|Which team] won the [{topic}|football|last|world|{fake}] [match|game|cup|election|race|title|league][| yesterday| last night| in {num}| last year]?",
    "What happened in {num}?",
    "What happened in {country} [in {num}|yesterday]?",
    "When did [{topic}|the war|world war two|the revolution] [begin|end|start]?",
    "When was the [first|second|last] [war|world war|election|revolution|olympics]?",
    "Is {topic} [good|bad|dangerous|healthy|true|hard]?",
    "Is there life on {fake}?",
    "How [tall|old|big|deep|far|heavy|rich] is {fake}?",
    "How [heavy|big|far away|hot|old|deep] is [{subject}|the moon|the sun|the earth]?",
    "How much [does {subject} cost|is {subject}]?",
    "What is the [price|cost|value] of [{subject}|gold|oil|a house]?",
    "What color is {subject}?",
    "What is the {sup} {kind}[| in the world| on earth| of all time| in {country}| ever]?",
    "[Which|What] {kind} is the {sup}[| in the world| in {country}]?",
    "Who is the {sup} [person|man|woman|actor|player|singer][| in the world| in {country}| alive]?",
    "Name the {sup} {kind}[| in the world]",
    "What is the [boiling point|melting point|chemical formula|speed|weight|density|temperature|color|chemical symbol|mass|freezing point] of [water|gold|iron|light|sound|{subject}|oxygen|salt|the sun]?",
    "What is the square root of {fake}?",
    "[At|With] [what|which] temperature [does|do] [water|iron|gold|ice|butter|lead|{subject}] [boil|melt|freeze|burn]?",
    "How hot is [boiling water|fire|lava|the sun|an oven|{subject}]?",
    "Who [runs|rules|leads|governs] {place}?",
    "What [keeps|holds] [{subject}|the moon|a boat|a bird|a ship] [up|together|in place|in the sky|alive]?",
    "How many [people|animals|cars|houses|doctors] [live|are living|are] in {place}[| now| today]?",
    "Who [scored|won|played|lost] [the most goals|the most games|the final|most often] [in {num}|in the last cup|last year|for {country}]?",
    "[I need|I want|Give me|Make me] [a|some] [Python |Java |][script|program|code] [that {does}|for {topic}|to sort {word}|for my {word}]",
    "Do you like {topic}?",
    "What do you think about [{topic}|{country}|{work}]?",
    "[Can you|Could you|Are you able to|Do you know how to|Will you] [drive|draw|cook|sing|dance|play chess|play {topic}|fly a plane|swim|run|walk|ride a bike|paint][| for me| with me| today| well]?",
    "Draw [{subject}|a picture|a {animal}|me a {animal}]",
    "[Play|Sing] [{fake}|a song|some music]",
    "[Search|Google|Look] [for|up] {topic}",
    "Open [{fake}|the door|a file|my email]",
    "Call [{name}|my mother|a taxi]",
    "[Book|Reserve] a [table|hotel|flight|room] in {city}",
    "Who is your favorite {job}?",
    "Compare {topic} and {topic2}",
    "What is the difference between {topic} and {topic2}?",
    "Set an alarm[| for tomorrow]",
    "Turn on the light",
    "Send a message to {name}",
    "Where can I buy [{subject}|{word}]?",
    "Where is [my phone|my keys|the nearest hospital|{name}]?",
    "Who will win the [election|match|cup]?",
    "What will happen [tomorrow|next year|in {num}]?",
    "[What|Which] stock should I buy?",
    "Why [do people|do we|do humans] [sleep|dream|laugh|cry|die|fight|yawn|get old]?",
    "Why is [the sky blue|grass green|the sea salty|snow white|ice slippery]?",
    "How many [stars|countries|planets|people|languages|oceans|bones|islands] are there[| in the world| in the sky| on earth]?",
    "{fake}",
    "{fake} {fake2}",
    "{fake} {fake2} {fake}",
    "{topic}",
    "{word} {word2}",
    "the {word} and the {word2}",
    "I like {topic}",
    "I want {subject}",
    "My {animal} is {word}",
    "what is {word}",
    "{city}",
    "What about {topic}?",
    "Prove that {fake} is {word}",
    "Who are the [beatles|rolling stones|romans|vikings]?",
]
ACTIONS = [
    "downloads a page",
    "reads a file",
    "prints hello",
    "counts words",
    "sorts a list",
    "sends an email",
    "renames files",
    "plays a game",
    "adds two numbers",
    "opens a website",
    "draws a circle",
]


def _invented(rng: Random) -> str:
    kind = rng.randint(0, 4)
    if kind == 0:
        return made_up_word(rng)
    if kind == 1:
        return made_up_name(rng)
    if kind == 2:
        return f"{made_up_name(rng)} {made_up_name(rng)}"
    if kind == 3:
        return f"the {one_of(rng, v.WORDS)} of {made_up_name(rng)}"
    return f"{one_of(rng, v.WORDS)} {one_of(rng, v.WORDS)}"


def unknown(rng: Random) -> tuple[str, str]:
    """A question that the model cannot know, or no question at all."""
    if rng.random() < 0.08:
        letters = "".join(one_of(rng, "abcdefghijklmnopqrstuvwxyz") for _ in range(rng.randint(3, 12)))
        return one_of(rng, (letters, made_up_word(rng), f"{made_up_word(rng)} {made_up_word(rng)}")), REPLY
    odd = rng.random() < 0.25
    prompt = say(
        rng,
        QUESTIONS,
        country=made_up_name(rng) if odd else one_of(rng, v.COUNTRIES),
        city=made_up_name(rng) if odd else one_of(rng, v.CITIES),
        place=one_of(rng, v.COUNTRIES + v.CITIES) if rng.random() < 0.8 else made_up_name(rng),
        name=name(rng),
        job=one_of(rng, v.JOBS),
        animal=one_of(rng, v.ANIMALS[:20]),
        subject=one_of(rng, SUBJECTS),
        topic=one_of(rng, TOPICS) if rng.random() < 0.8 else made_up_word(rng),
        topic2=one_of(rng, TOPICS),
        word=one_of(rng, v.WORDS),
        word2=one_of(rng, v.WORDS),
        num=rng.randint(1000, 2030),
        fake=_invented(rng),
        fake2=made_up_word(rng),
        people=one_of(rng, PEOPLE),
        work=one_of(rng, WORKS) if rng.random() < 0.75 else _invented(rng),
        language=one_of(rng, LANGUAGES),
        sup=one_of(rng, SUPERLATIVES),
        kind=one_of(rng, KINDS),
        does=one_of(rng, ACTIONS),
    )
    return prompt.replace(" ?", "?").replace("  ", " ").strip(), REPLY


TASKS = [(unknown, 1)]
