/** Its own look on purpose: nobody should take it for Microsoft's. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --back: #f4f5f2; --card: #ffffff; --text: #1d2420; --soft: #5a655e; --line: #d5dad4;
  --accent: #1f6b4f; --on-accent: #ffffff; --danger: #a3271f;
  --warn-back: #ffd84d; --warn-text: #2b2300; --ok-back: #dff1e6; --ok-text: #0f4a31; --bad-back: #fbe3e0; --bad-text: #7c1a13;
}
@media (prefers-color-scheme: dark) {
  :root {
    --back: #151917; --card: #1e2421; --text: #e7ece8; --soft: #a0aca4; --line: #37403a;
    --accent: #6fd0a5; --on-accent: #0c2018; --danger: #ff9c92;
    --warn-back: #e0b400; --warn-text: #201a00; --ok-back: #17382a; --ok-text: #a9e6c8; --bad-back: #45201c; --bad-text: #ffc3bc;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--back); color: var(--text); font: 15px/1.5 system-ui, sans-serif; }
a { color: var(--accent); }
code { font-size: .85em; color: var(--soft); overflow-wrap: anywhere; }
.skip { position: absolute; left: -100vw; }
.skip:focus { left: 1rem; top: .5rem; background: var(--card); padding: .5rem; z-index: 2; }
.banner { margin: 0; padding: .8rem 1.5rem; background: var(--warn-back); color: var(--warn-text); position: sticky; top: 0; z-index: 1; }
.banner strong { font-size: 1.25rem; margin-inline-end: .75rem; }
header { display: flex; flex-wrap: wrap; gap: .5rem 1.5rem; align-items: center; justify-content: space-between; padding: .75rem 1.5rem; border-bottom: 1px solid var(--line); background: var(--card); }
.product { margin: 0; font-weight: 600; }
.product a { color: inherit; text-decoration: none; }
.tenant, .line { display: flex; flex-wrap: wrap; gap: .5rem; align-items: center; }
.columns { display: grid; grid-template-columns: minmax(0, 1fr) minmax(16rem, 22rem); gap: 1.5rem; max-width: 78rem; margin: 0 auto; padding: 1.25rem 1.5rem 3rem; }
@media (max-width: 60rem) { .columns { grid-template-columns: minmax(0, 1fr); } }
h1 { font-size: 1.6rem; margin: .25rem 0 .5rem; overflow-wrap: anywhere; }
h2 { font-size: 1.05rem; margin: 0 0 .75rem; }
nav { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; margin-bottom: .75rem; }
nav a { padding: .25rem 0; text-decoration: none; border-bottom: 2px solid transparent; }
nav a:hover { border-color: var(--line); }
nav a[aria-current] { font-weight: 600; border-color: var(--accent); color: var(--text); }
section, aside, .wide, .search { background: var(--card); border: 1px solid var(--line); border-radius: .6rem; padding: 1rem 1.15rem; margin: 0 0 1rem; }
aside { align-self: start; position: sticky; top: 4.25rem; max-height: calc(100vh - 5.5rem); overflow: auto; }
@media (max-width: 60rem) { aside { position: static; max-height: none; } }
.facts { color: var(--soft); margin: 0 0 1rem; display: flex; flex-wrap: wrap; gap: .25rem .75rem; align-items: center; }
.hint { color: var(--soft); font-size: .9rem; margin: .25rem 0; }
.fields { display: grid; grid-template-columns: repeat(auto-fill, minmax(13rem, 1fr)); gap: .75rem 1rem; align-items: end; margin: 0; }
.field label { display: block; font-size: .88rem; color: var(--soft); }
.field.check { display: flex; gap: .5rem; align-items: center; min-height: 2.3rem; }
.field.check label { color: var(--text); font-size: 1rem; }
.search { display: flex; flex-wrap: wrap; gap: .5rem .75rem; align-items: center; }
.search input { flex: 1 1 14rem; }
input, select, button { font: inherit; color: var(--text); background: var(--back); border: 1px solid var(--line); border-radius: .4rem; padding: .4rem .65rem; min-height: 2.3rem; max-width: 100%; }
.field input:not([type=checkbox]), .field select { width: 100%; height: 2.4rem; }
.fields button { height: 2.4rem; }
input[type=checkbox] { min-height: 0; width: 1.1rem; height: 1.1rem; accent-color: var(--accent); }
button { cursor: pointer; }
button:hover { border-color: var(--accent); }
button.first { background: var(--accent); border-color: var(--accent); color: var(--on-accent); font-weight: 600; }
button.danger { color: var(--danger); border-color: var(--danger); background: transparent; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
.wide { overflow-x: auto; padding: .25rem 0; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: start; padding: .5rem 1.15rem; border-bottom: 1px solid var(--line); }
thead th { font-size: .85rem; color: var(--soft); font-weight: 500; }
tbody th { font-weight: 500; }
tbody tr:last-child > * { border-bottom: 0; }
.badge { display: inline-block; padding: 0 .55rem; border-radius: 1rem; font-size: .82rem; border: 1px solid var(--line); color: var(--soft); white-space: nowrap; }
.badge.on { background: var(--ok-back); color: var(--ok-text); border-color: transparent; }
.badge.off { background: var(--back); }
.badge.gone { background: var(--bad-back); color: var(--bad-text); border-color: transparent; }
.said { padding: .6rem 1rem; border-radius: .5rem; margin: 0 0 1rem; }
.said.done { background: var(--ok-back); color: var(--ok-text); }
.said.refused { background: var(--bad-back); color: var(--bad-text); }
ul, ol { list-style: none; margin: 0; padding: 0; }
.rows { margin-bottom: .9rem; }
.rows li { display: flex; justify-content: space-between; align-items: center; gap: 1rem; padding: .35rem 0; border-bottom: 1px solid var(--line); overflow-wrap: anywhere; }
.events li { padding: .7rem 0; border-bottom: 1px solid var(--line); }
.events li:last-child { border-bottom: 0; padding-bottom: 0; }
.rows li:last-child { border-bottom: 0; }
.events .head { display: flex; flex-wrap: wrap; gap: .25rem .75rem; align-items: center; }
.events .cancelled strong { text-decoration: line-through; }
summary { cursor: pointer; color: var(--accent); padding: .25rem 0; width: fit-content; }
details .fields { margin: .5rem 0 .75rem; }
.deliveries li { padding: .5rem 0 .5rem .75rem; border-inline-start: 3px solid var(--line); margin-bottom: .5rem; }
.deliveries .taken { border-color: var(--accent); }
.deliveries .failed { border-color: var(--danger); }
.deliveries .what span { display: block; overflow-wrap: anywhere; }
`;
