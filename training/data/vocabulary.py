"""Word lists, written for this project."""

# ruff: noqa: SIM905 (a list of words reads best as a text)

from __future__ import annotations

SHE = """
Anna Lily Emma Mia Zoe Ella Nora Ruby Ivy Sara Maya Lucy Alice Julia Clara Rosa Nina Eva Hana Olga Leila Amara
Priya Yuki Mei Fatima Ines Greta Freya Tara Sofia Laura Marta Elena Carmen Aisha Kate Jane Mary Lisa Sophie
Chloe Grace Hannah Paula Vera Wendy Susan Linda Diana
""".split()
HE = """
Tom Ben Sam Max Leo Jack Noah Liam Omar Ravi Carlos Ivan Felix Hugo Oscar Adam Paul Mark Luke David Kenji Ali
Mateo Jonas Emil Victor Henry Oliver Peter Dan John James Bob Tim Jim Nick Otto Karl Pablo Diego Hassan Arjun
Ken Lucas Simon Alex George Frank Steve Mike
""".split()
NAMES = SHE + HE

# Plural nouns that can be counted, given, eaten, sold.
THINGS = """
apples pencils books cookies marbles stickers cards balloons oranges pens cupcakes toys candies shells coins
flowers stamps muffins beads buttons bananas peaches lemons crayons ribbons novels rolls trees plants birds
fish ducks sheep chairs tables cups plates bricks photos letters tickets songs points tomatoes potatoes
carrots onions cherries pears plums grapes nuts stones sticks leaves feathers bottles cans boxes bags hats
shirts socks shoes rings robots dolls puzzles kites pies sandwiches donuts chocolates stars eggs cakes balls
roses tulips strawberries mangoes melons lollipops notebooks magazines comics posters keys lamps candles
blankets pillows spoons forks bowls glasses cars trucks bikes boats planes trains blocks dice erasers rulers
markers brushes bracelets necklaces magnets batteries seeds acorns mushrooms pumpkins peppers olives pancakes
waffles pretzels crackers dumplings pizzas burgers jars towels bells drums tiles planks nails screws ropes
tents flags badges medals trophies rocks pebbles worms snails butterflies rabbits chickens goats horses
puppies kittens turtles frogs gifts presents cartons ornaments
""".split()

# Singular and plural of what one buys.
GOODS = [
    tuple(pair.split("/"))
    for pair in [
        "notebook/notebooks",
        "pen/pens",
        "pencil/pencils",
        "shirt/shirts",
        "hat/hats",
        "book/books",
        "sandwich/sandwiches",
        "ticket/tickets",
        "mug/mugs",
        "toy/toys",
        "cake/cakes",
        "lamp/lamps",
        "scarf/scarves",
        "ball/balls",
        "plant/plants",
        "magazine/magazines",
        "cup/cups",
        "game/games",
        "ruler/rulers",
        "bag/bags",
        "juice/juices",
        "pizza/pizzas",
        "muffin/muffins",
        "candle/candles",
        "coffee/coffees",
        "donut/donuts",
        "meal/meals",
        "jacket/jackets",
        "tie/ties",
        "puzzle/puzzles",
        "doll/dolls",
        "melon/melons",
        "rose/roses",
        "bowl/bowls",
        "plate/plates",
        "chair/chairs",
        "bottle/bottles",
        "blanket/blankets",
        "pillow/pillows",
        "basket/baskets",
        "burger/burgers",
        "lemonade/lemonades",
        "postcard/postcards",
        "bracelet/bracelets",
        "kite/kites",
        "watch/watches",
        "brush/brushes",
        "comic/comics",
        "poster/posters",
        "cookie/cookies",
        "belt/belts",
        "backpack/backpacks",
        "helmet/helmets",
        "racket/rackets",
        "skirt/skirts",
        "sweater/sweaters",
        "coat/coats",
        "towel/towels",
    ]
]
# Singular and plural of what holds other things.
CONTAINERS = [
    tuple(pair.split("/"))
    for pair in [
        "box/boxes",
        "bag/bags",
        "basket/baskets",
        "shelf/shelves",
        "crate/crates",
        "jar/jars",
        "pack/packs",
        "tray/trays",
        "drawer/drawers",
        "carton/cartons",
        "bucket/buckets",
        "packet/packets",
        "folder/folders",
        "case/cases",
        "bowl/bowls",
        "bottle/bottles",
        "cabinet/cabinets",
        "tin/tins",
        "barrel/barrels",
        "tube/tubes",
        "envelope/envelopes",
        "chest/chests",
        "sack/sacks",
    ]
]
# Singular and plural of groups and places that have a number of something each.
GROUPS = CONTAINERS + [
    tuple(pair.split("/"))
    for pair in [
        "car/cars",
        "room/rooms",
        "table/tables",
        "row/rows",
        "child/children",
        "team/teams",
        "house/houses",
        "page/pages",
        "tree/trees",
        "bus/buses",
        "class/classes",
        "plate/plates",
        "cage/cages",
        "floor/floors",
        "student/students",
        "spider/spiders",
        "book/books",
        "bench/benches",
        "street/streets",
        "wagon/wagons",
        "boat/boats",
        "farm/farms",
        "building/buildings",
        "garden/gardens",
        "album/albums",
        "player/players",
        "friend/friends",
        "classroom/classrooms",
        "school/schools",
        "shop/shops",
        "tower/towers",
        "pond/ponds",
        "week/weeks",
        "bush/bushes",
    ]
]
PEOPLE = """
friends children students classmates cousins kids neighbors players people boys girls workers guests
""".split()
KIN_SHE = "sister mother aunt grandma daughter mom girlfriend wife niece grandmother".split()
KIN_HE = "brother father uncle grandpa son dad boyfriend husband nephew grandfather".split()
KIN_ANY = ["friend", "cousin", "neighbor", "teacher", "classmate", "boss"]
ROLES = """
farmer baker teacher boy girl man woman child gardener driver worker student painter writer waiter chef tailor
pilot fisherman collector clerk seller
""".split()
BODIES = """
shop library school museum factory team club zoo restaurant hotel company store bakery farm cafe market
kindergarten class store supermarket
""".split()
PLACES = """
school park library museum market zoo garden farm bakery beach office station lake hospital airport cinema
stadium supermarket gym church
""".split()
SPOTS = """in the box|in the bag|in the room|in the tree|in the garden|in the shop|in the tank|on the bus|on the table|
on the shelf|in the park|in the pond|on the farm|at the party|in the drawer|in the basket|on the train|in the hall|
in the kitchen|in a jar|in a bowl|on a plate|in a store|in the library|in the field|on the roof|in a parking lot|
at the station|in the fridge|on the lake|in a warehouse|in the museum""".replace("\n", "").split("|")

ADJECTIVE_PAIRS = [
    tuple(pair.split("/"))
    for pair in [
        "red/blue",
        "green/yellow",
        "old/new",
        "big/small",
        "white/black",
        "round/square",
        "ripe/green",
        "clean/dirty",
        "full/empty",
        "short/long",
        "hot/cold",
        "wooden/plastic",
        "sweet/sour",
        "fresh/old",
        "open/closed",
        "broken/good",
    ]
]
NOUN_PAIRS = [
    tuple(pair.split("/"))
    for pair in """boys/girls|cats/dogs|cows/pigs|cars/bikes|men/women|pens/pencils|apples/pears|adults/children|
sheep/goats|roses/tulips|forks/spoons|ducks/geese|chairs/tables|cups/plates|lions/tigers|horses/donkeys|
teachers/students|red balls/blue balls|books/magazines|hens/roosters""".replace("\n", "").split("|")
]

ANIMALS = """
cat dog fox owl bear frog goat lion wolf duck mouse horse tiger sheep rabbit turtle monkey penguin dolphin
elephant squirrel hedgehog dragon robot
""".split()
SETTINGS = "forest desert city mountains village garden castle sea jungle library".split()
CITIES = """
Paris London Berlin Madrid Rome Oslo Cairo Tokyo Lima Delhi Boston Dublin Prague Vienna Lisbon Athens Nairobi
Toronto Seoul Warsaw Sydney Moscow Chicago Bangkok Mumbai Venice Havana Quito Milan Geneva
""".split()
COUNTRIES = """
France Spain Italy Germany Japan China India Brazil Mexico Canada Egypt Kenya Norway Sweden Poland Greece
Turkey Chile Peru Vietnam Russia Australia Cuba Iran Iceland Nigeria Portugal Ireland Thailand Finland
""".split()
JOBS = """
teacher doctor nurse farmer baker pilot driver singer writer painter lawyer chef engineer student gardener
plumber dentist judge actor tailor
""".split()

# For letter, sorting and counting tasks.
WORDS = """
able acid actor afraid angle ankle ant apple april arrow artist autumn award baby bacon badge bamboo banana
band bank barn basket beach bean bear beauty bee bell berry bike bird blanket blue board boat bone book boot
bottle bowl brain branch bread brick bridge bright brother brown brush bucket bubble butter button cabin cable
cake camel camera candle canvas carpet carrot castle cat cave chain chair chalk cheese cherry chess circle
city clock cloud clown coat coffee coin color comet copper coral corn cotton couch cow crab crown cup curtain
dance dawn deer desk diamond dinner doctor dog dolphin donkey door dragon dream dress drum duck eagle earth
east egg eight elbow elephant empty engine evening event eye face falcon family farm feather fence fern field
finger fire fish flag flame flower flute fog forest fork fox friend frog fruit garden garlic gate ghost giant
ginger glass globe glove goat gold grape grass green guitar hammer hand happy harbor hat hawk heart hello hill
honey horse hotel house ice igloo island ivory jacket jaguar jam jelly jewel juice jungle kettle key king
kitchen kite kitten knee ladder lake lamp laptop lemon letter level library light lily lion lizard llama
lobster lock lunch magic mango maple marble market mask meadow melon mirror model monkey moon morning mountain
mouse museum music needle nest night noise north nose notebook number ocean olive onion orange orchid otter
owl oyster paint palace panda paper parrot pasta peach peanut pear pebble pencil penguin pepper piano picture
pillow pilot pirate pizza planet plate plum pocket poem polar pond potato powder pumpkin puppy purple puzzle
python queen quiet rabbit radio rain rainbow raven red ribbon rice ring river road robin robot rocket roof
rose ruby sailor salad salt sand sandwich scarf school sea seed shadow shark sheep shell ship shirt shoe
silver singer sister sky sleep smile snail snake snow soap sock song soup south spider spoon spring square
squirrel stairs star stone storm story street sugar summer sun swan table tea teacher temple tent thunder
tiger time toast tomato tower train tree triangle truck tulip tunnel turtle umbrella uncle valley vanilla
velvet village violin voice volcano wagon wallet walnut water whale wheat wheel white wind winter wolf wood
wool world yellow yogurt zebra zero zipper
""".split()

SYLLABLES = """
ba be bi bo bu da de di do du fa fe fi fo ga ge gi go ha he hi ho ja je jo ka ke ki ko ku la le li lo lu ma me
mi mo mu na ne ni no nu pa pe pi po ra re ri ro ru sa se si so su ta te ti to tu va ve vi vo wa we wi ya yo za
ze zi zo
""".split()
DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
MONTHS = "January February March April May June July August September October November December".split()

# Lists that templates may name as <list>; `open_text` adds its own.
LISTS: dict[str, list[str]] = {
    "name": NAMES,
    "animal": ANIMALS,
    "setting": SETTINGS,
    "city": CITIES,
    "country": COUNTRIES,
    "word": WORDS,
    "things": THINGS,
    "place": PLACES,
    "spot": SPOTS,
    "people": PEOPLE,
    "role": ROLES,
    "job": JOBS,
    "day": DAYS,
    "month": MONTHS,
}
