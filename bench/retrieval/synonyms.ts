/** Words that people use for one another, chosen by hand: a paraphrase is a sentence with all of its words exchanged that stand here. */
const pairs = `
create make|returns gives back|return give back|delete remove|removes deletes|remove delete|function procedure|error failure
errors failures|default standard|optional not required|required needed|file document|files documents|directory folder
folder directory|option setting|options settings|list enumerate|argument parameter|arguments parameters|parameter argument
string text|array list|object record|value content|values contents|key name|request call|response answer|server host
client caller|user person|users people|install set up|installation setup|run execute|runs executes|execute run|start begin
stops ends|stop end|starts begins|build compile|check verify|checks verifies|validate check|convert turn|converts turns
parse read|parses reads|write store|read load|load fetch|send transmit|sends transmits|receive get|receives gets|support handle
supports handles|supported possible|allow permit|allows permits|enable turn on|enables turns on|disable turn off|example sample
examples samples|fast quick|faster quicker|simple easy|easy simple|small little|large big|current present|previous earlier
next following|new fresh|old former|same identical|different other|multiple several|single one|specific particular|available present
provide offer|provides offers|use employ|uses employs|using with|used employed|contains holds|contain hold|include cover
includes covers|change modify|changes modifies|changed modified|update refresh|updates refreshes|match fit|matches fits
time moment|timeout time limit|wait pause|pass hand over|passed handed over|call invoke|called invoked|calls invokes|test try
tests trials|version release|code source|stream flow|message note|messages notes|method way|methods ways|type kind|types kinds
size length|length size|number amount|limit bound|maximum upper bound|minimum lower bound|path location|url address|browser web client
memory storage|cache buffer|connection link|connections links|event happening|events happenings|handler listener|throw raise
throws raises|thrown raised|ignore skip|ignored skipped|needed necessary|need require|needs requires|must has to|should ought to
module package|package module|packages modules|configuration settings|automatically by itself|instead in place|before ahead of
after following|because since|only just|also as well|documentation manual|warning caution|information details|format layout`
export const synonyms = new Map(
  pairs
    .trim()
    .split(/[|\n]/)
    .map((pair) => [pair.slice(0, pair.indexOf(' ')), pair.slice(pair.indexOf(' ') + 1)]),
)
