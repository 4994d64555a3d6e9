"""The style of all pages: light and dark, from a phone's width on, legible without colour."""

STYLE = """
:root { color-scheme: light dark; --paper: #fff; --ink: #1b1f24; --soft: #5b6570; --line: #d5dbe1; --panel: #f5f7f9;
  --one: #0b66c3; --two: #c2410c; --three: #15803d; --four: #7c3aed; --good: #d3f0da; --bad: #fbdcd6; --odd: #fdeebd; }
@media (prefers-color-scheme: dark) { :root { --paper: #14181c; --ink: #e6eaee; --soft: #a0abb6; --line: #363e47;
  --panel: #1c2228; --one: #6cb2f7; --two: #fb923c; --three: #5fcf80; --four: #b794f6; --good: #1d4a2b; --bad: #5c2620;
  --odd: #574716; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 66rem; padding: 1rem; font: 1rem/1.5 system-ui, sans-serif; color: var(--ink);
  background: var(--paper); overflow-wrap: anywhere; }
h1 { font-size: 1.5rem; line-height: 1.25; margin: .5rem 0; }
h2 { font-size: 1.2rem; margin: 2.2rem 0 .6rem; border-bottom: 1px solid var(--line); }
h3 { font-size: 1rem; margin: 1.4rem 0 .4rem; }
p { margin: .4rem 0; max-width: 46rem; }
a { color: var(--one); }
code { font-size: .85em; color: var(--soft); }
footer { margin-top: 3rem; border-top: 1px solid var(--line); font-size: .85rem; color: var(--soft); }
nav ul { list-style: none; display: flex; flex-wrap: wrap; gap: .2rem 1rem; margin: .6rem 0; padding: 0; }
:focus-visible { outline: 2px solid var(--one); outline-offset: 2px; }
.scrolled { overflow-x: auto; max-width: 100%; }
table { border-collapse: collapse; margin: .6rem 0; font-variant-numeric: tabular-nums; overflow-wrap: normal; }
caption { text-align: start; color: var(--soft); font-size: .9rem; }
th, td { text-align: end; padding: .25rem .7rem .25rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
th { font-weight: 600; }
thead th { color: var(--soft); font-size: .85rem; }
th:first-child { text-align: start; }
td { white-space: nowrap; }
figure { margin: .6rem 0; }
figcaption { font-size: .9rem; color: var(--soft); }
.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 21rem), 1fr)); gap: 0 2rem; }
svg { display: block; }
.key { display: inline-flex; align-items: center; gap: .3rem; margin-inline: .8rem 0; }
svg.chart { width: 100%; height: auto; }
svg text { font: 12px system-ui, sans-serif; fill: var(--soft); }
svg .axis { stroke: var(--line); stroke-width: 1; fill: none; }
svg .curve { fill: none; stroke-width: 2; stroke-linejoin: round; stroke: var(--one); }
svg .bar, svg .dot, svg .cell { fill: var(--one); }
svg .track { fill: var(--line); }
svg .span { fill: var(--one); opacity: .45; }
svg .two { stroke: var(--two); stroke-dasharray: 7 3; } svg .three { stroke: var(--three); stroke-dasharray: 2 3; }
svg .four { stroke: var(--four); stroke-dasharray: 9 3 2 3; }
svg .point { stroke: none; opacity: .75; } svg .point.rest { fill: var(--soft); opacity: .35; }
svg .point.one { fill: var(--one); } svg .point.two { fill: var(--two); } svg .point.three { fill: var(--three); }
svg .point.four { fill: var(--four); }
svg text.piece { fill: var(--ink); font-size: 11px; }
article { background: var(--panel); border: 1px solid var(--line); border-radius: .4rem; padding: .5rem .8rem;
  margin: .6rem 0; }
article h3 { margin: 0; font-size: .85rem; font-weight: 600; color: var(--soft); }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .1rem .8rem; margin: .3rem 0; }
dt { color: var(--soft); font-size: .85rem; padding-top: .1rem; }
dd { margin: 0; }
@media (max-width: 34rem) { dl { grid-template-columns: 1fr; gap: 0; } dt { margin-top: .3rem; } }
mark { color: inherit; border-radius: .15rem; padding: 0 .1em; }
mark.bad { background: var(--bad); text-decoration: underline wavy; text-underline-offset: .2em; }
mark.good { background: var(--good); text-decoration: underline; text-underline-offset: .2em; }
mark.odd { background: var(--odd); text-decoration: underline dotted; text-underline-offset: .2em; }
mark small { color: var(--soft); margin-inline-start: .25em; }
summary { cursor: pointer; color: var(--one); margin: .2rem 0; }
""".strip()
