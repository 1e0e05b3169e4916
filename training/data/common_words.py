"""Common words that the tokenizer keeps whole. Letter tasks use them, so that the model learns how they are spelled."""

# ruff: noqa: SIM905 (a list of words reads best as a text)

from __future__ import annotations

COMMON = """
about above accept acorns adam add added adds adult adults after again age ago airport aisha alex ali alice
all alone along alphabet alphabetical alphabetically already also altogether always am amara among an and
animals anna another answer answers any apart apples architecture are area arithmetic arjun arm arrange array
arrive as ascending ask assistant at ate athens august aunt australia autoregressive average away back
backwards bad badges bag bags baked baker bakery bakes balloons balls bananas bangkok baskets batching
batteries be beads becomes bed before began behind bella bells belt ben bench berlin beside better between big
biggest bikes bill birds biscuit black blankets block blocks boats bob books boston bot both bottles bought
bowls box boxes boxing boy boys bracelets brave brazil bricks brightly broken brushes bucks build burgers bus
busy but butterflies buttons buy buys by cabbage cache cairo cakes calculate called calls calm came can canada
candies candles cannot cans car card cards carlos carmen carried carrots cars cartons carve case cases cats
cello centimeter centimeters cents centuries century chairs chance change changes character characters chats
chef cherries chicago chickens child children chile china chloe chocolates choices choose church cider cinema
clara class classmates clean cleaned clear clerk clever climbed closer cloudy coco cocoa coconut code coins
cold collected collector come comes comics common compute computer confidence conversation convert cook cooked
cookies cooking cost costs could count country cousin cousins crackers crayons create cried csv cuba cupcakes
cups curry cut daisy dan danced dances dancing date dates daughter david day days dear decade decades december
degrees delhi demo denoise denoising dentist descending desert diana diary dice dictionary did diego
difference diffusion digits directions discount distance divide divided do does dollar dollars dolls donuts
down dozen drank draw drawers drawing dreams drink drinks drive driver drives drums dry dublin ducks dumplings
dusty each ear earn earns eat eats eggs egypt elena eleven ella emil emma end ends engineer equal equally
equals erasers euro euros eva even every explain factory fairly falls far farmer fast faster fatima favorite
feathers february feet felix few fewer fifth file fill fills films find finished finland first fisherman
fishing fit five fix fixed flags flies floor floors flowers fly foggy followed following follows foot football
for forks forward found four fourth france frank free fresh freya friday friends frogs from full funny game
gap gardener gave generation geneva gentle gently george germany get gets gifts girl girls give gives gladly
glasses go goats goes golden golf good goodbye got grace grams grandmother grapes graphics gray great greece
greetings greta groups grows guess guests gym had half hana hannah happen happens harp has hassan hats havana
have he head hear heard heavy hedgehog help helped henry hens her here hey hi hid higher highest hike hiking
his hockey hold holds home homework hope horses hospital hour hours how hugo hungry hurried iceland idea ideas
if in inches increasing india ines inside internet into invent iran ireland is it italy item its ivan ivy jack
james jane january japan jars jim job john jonas json judge judo julia july jumped june karl kate keep keeps
ken kenji kenya kept keys kids kilo kilogram kilograms kilometer kilometers kilos kind kites kittens kiwi
knife know lamps language laps large largest last later laugh laura lawyer layers lazy learn leave leaves left
leg legs leila lemonade lemons length leo less lets letters liam like likely likes lima linda lines lisa
lisbon list liter liters little live lived lives llada lollipops london lonely long longer look looked looks
lost love lovely low lower lowercase lowest lucas lucky lucy luke luna made madrid magazines magnets make
makes man mangoes many map marbles march mark markers marta mary masked masking masks mateo max may maya me
meal meals mean means medals megabytes mei melons memory men menu met meter meters mexico mia mike milan miles
milk milliliters millimeters million milliseconds milo minus minute minutes missing mistakes models monday
money month months more moscow most mother mountains mouth move much muffins multiplied multiplies multiply
mumbai mushrooms my nails nairobi name named names near neck necklaces need needed needs neighbor neighbors
nephew network neural never new news next nice nick nigeria nina nine no noah nobody noon nora norway not
notebooks novels november now numbers nurse nuts object objects october odd of off office often old older olga
oliver olives omar on once one ones onions only opposite or oranges order ornaments oscar oslo other others
otto ounces our out outside over pablo packages packed packets packs pages paid painted painter painting
pancakes parameter parameters paris park part parts pass past paul paula pay pays pea peaches pears pebbles
pen pencils pens people peppers per percent perimeter person peru pet peter photos pick picked pie piece
pieces pies pillows pink pizzas place places plan plane planes planks plant plants plates players plays please
pls plumber plums plus poems points poland portugal postcard posters potatoes pound pounds prague predict
presents pretzels price priya probability problem problems product profit program prompt proud pumpkins
puppies push put puts puzzles quarter question quick quickly quietly quito rabbits rainy ran ratio ravi read
reading reads ready real remain remainder remasking remember removed replace requests rest result return
reverse reversed rhyme ribbons riddle ride rides right rings robots rock rocks rocky rolls rome room rooms
rope ropes rosa roses round row rowing rows rulers run running runs russia rusty sad sadly safer said sail
sale sam same sandwiches sang sara saturday save saves saw say scarves scratch screws season seats second
seconds see seeds sell seller sells sentence seoul september server seven several shall share shared shares
she shelf shells shines shiny shirts shoes shop short shorter should shouted shovel show shy simba simon
simpler since singing single sings six size skiing skirt sleeps sleepy slept slow slower slowly small smaller
smallest smells smoke snails snowy so socks sofa sofia soft softly sold solve some something son songs sophie
sorry sort spain speed spell spelled spend spends spent spinach spoons stadium stamps stands stars start
started starts station step steps steve stew stickers sticks still stones store stories stormy strange
strawberries strong student students subtract subtracts suggest sum sums sunday sunny supermarket sure susan
sweater sweden swim swimming swims sydney synthetic system tables tailor take taken takes tale talk tall tank
tara tasks taxi team teams tell tells temperature ten tennis tents text thailand than thank thanks that the
them then there these they thin things think third thirty this three threshold thursday ticket tickets tiles
tim times tiny tip tired to today together token tokens tokyo told tom tomatoes tomorrow ton tonight took
toronto total touched towels toys trained training trains transformer travel travels trays trees trip trophies
trucks true trumpet try tuesday tulips turkey turn turned turns turtles twelve twenty twice two type under
units until up upon uppercase use used user users uses value values van venice vera very victor vienna vietnam
visit vowels waffles waiter waits walk walked walks wall walls want wanted wants warm warsaw was watch watched
watches way we weather wednesday week weekday weekend weeks weights welcome well wendy went were west what
whats when where which whispered who whole whose why width will window windy wise wish wishes with without
woman wooden word words work worked worker workers working works worms would wrench write writer writes
writing written wrote yard year years yes yesterday yet you young younger your yuki zoe zoo
""".split()
