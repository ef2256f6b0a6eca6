// The reference's style and script. Colours are those of the application (web/packages/ui/src/tokens.css).
#include "api/reference/reference.hpp"

namespace greenroom::api {

std::string_view reference_style() {
  return R"(:root {
  color-scheme: light dark;
  --ground: light-dark(oklch(0.982 0.003 165), oklch(0.172 0.007 170));
  --surface: light-dark(oklch(1 0 0), oklch(0.207 0.008 170));
  --raised: light-dark(oklch(0.957 0.005 165), oklch(0.256 0.01 170));
  --line: light-dark(oklch(0.905 0.006 165), oklch(0.302 0.01 170));
  --line-strong: light-dark(oklch(0.66 0.012 165), oklch(0.52 0.014 170));
  --text: light-dark(oklch(0.225 0.014 170), oklch(0.955 0.004 165));
  --text-quiet: light-dark(oklch(0.475 0.016 170), oklch(0.735 0.012 165));
  --accent: light-dark(oklch(0.505 0.118 160), oklch(0.79 0.148 160));
  --focus: light-dark(oklch(0.56 0.14 160), oklch(0.85 0.14 160));
}
* { box-sizing: border-box; }
html { background: var(--ground); color: var(--text); scroll-padding-top: 80px;
  font: 450 14px/20px "Inter Variable", system-ui, sans-serif; font-variant-numeric: tabular-nums;
  -webkit-font-smoothing: antialiased; }
body { margin: 0; }
a { color: var(--accent); text-decoration: none; }
a:hover { text-decoration: underline; }
:focus-visible { outline: 2px solid var(--focus); outline-offset: 2px; border-radius: 6px; }
header { position: sticky; top: 0; z-index: 1; display: flex; gap: 16px; align-items: center; min-height: 64px;
  padding: 8px 24px; background: var(--ground); border-bottom: 1px solid var(--line); }
.name { font-weight: 600; font-size: 16px; color: var(--text); white-space: nowrap; }
header label { flex: 1; max-width: 480px; margin-inline: auto; }
input { width: 100%; height: 44px; padding: 0 12px; font: inherit; color: var(--text); background: var(--surface);
  border: 1px solid var(--line-strong); border-radius: 10px; }
input::placeholder { color: var(--text-quiet); opacity: 1; }
.columns { display: grid; grid-template-columns: 280px minmax(0, 1fr); max-width: 1120px; margin: 0 auto; gap: 48px;
  padding: 0 24px; }
nav { position: sticky; top: 64px; height: calc(100vh - 64px); overflow-y: auto; padding: 24px 0; }
nav ul { list-style: none; margin: 0; padding: 0; }
nav ul ul { margin: 0 0 16px; }
nav a { display: flex; gap: 8px; align-items: baseline; padding: 6px 8px; border-radius: 6px; color: var(--text-quiet); }
nav a:hover { background: var(--raised); color: var(--text); text-decoration: none; }
nav a.tag { font-weight: 600; color: var(--text); }
nav .method { width: 52px; flex: none; }
main { padding: 32px 0 64px; }
h1 { font-size: 28px; line-height: 36px; font-weight: 600; margin: 0 0 8px; }
h2 { font-size: 20px; line-height: 28px; font-weight: 600; margin: 48px 0 16px; }
h3 { font-size: 16px; line-height: 24px; font-weight: 600; margin: 0 0 4px; overflow-wrap: anywhere; }
h4 { font-size: 14px; line-height: 20px; font-weight: 600; margin: 16px 0 4px; }
p { margin: 0 0 8px; max-width: 72ch; }
td .quiet a { color: inherit; }
.lead { font-size: 16px; line-height: 24px; color: var(--text-quiet); }
.quiet { color: var(--text-quiet); font-weight: 450; }
article { padding: 16px; margin-bottom: 12px; background: var(--surface); border: 1px solid var(--line);
  border-radius: 10px; }
article:target { border-color: var(--accent); }
code { font: 450 13px/20px ui-monospace, "SF Mono", Menlo, Consolas, monospace; overflow-wrap: anywhere; }
.path { font-size: 14px; }
.path i { font-style: normal; color: var(--accent); }
.method { display: inline-block; font-size: 12px; font-weight: 600; color: var(--text-quiet); }
.path .method { padding: 2px 8px; background: var(--raised); border-radius: 6px; color: var(--text); }
table { width: 100%; border-collapse: collapse; }
tr { border-top: 1px solid var(--line); }
tr:first-child { border-top: 0; }
tr:target { background: var(--raised); }
th, td { padding: 6px 0; text-align: left; vertical-align: top; font-weight: 450; overflow-wrap: anywhere; }
th { width: 36%; padding-right: 16px; }
.refusal { display: inline-block; padding: 2px 6px; margin: 0 4px 4px 0; background: var(--raised); border-radius: 6px; }
.hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
[hidden] { display: none; }
@media (max-width: 800px) {
  .columns { grid-template-columns: minmax(0, 1fr); padding: 0 16px; }
  nav { display: none; }
  header { flex-wrap: wrap; padding: 8px 16px; }
  header label { order: 1; flex-basis: 100%; max-width: none; }
}
)";
}

std::string_view reference_script() {
  return R"('use strict'
const search = document.getElementById('search')
const articles = [...document.querySelectorAll('main article[id]')]
const words = new Map(articles.map((one) => [one, one.textContent.toLowerCase()]))

function show() {
  const wanted = search.value.toLowerCase().split(/\s+/).filter(Boolean)
  for (const [article, text] of words) article.hidden = !wanted.every((word) => text.includes(word))
  for (const item of document.querySelectorAll('nav [data-for]'))
    item.hidden = document.getElementById(item.dataset.for).hidden
  for (const section of document.querySelectorAll('main section')) {
    const own = [...section.querySelectorAll('article[id]')]
    section.hidden = wanted.length > 0 && own.every((one) => one.hidden)
  }
  document.getElementById('nothing').hidden = articles.some((one) => !one.hidden)
}

search.addEventListener('input', show)
addEventListener('keydown', (event) => {
  if (event.key === '/' && document.activeElement !== search) {
    event.preventDefault()
    search.focus()
  }
  if (event.key === 'Escape' && document.activeElement === search) {
    search.value = ''
    show()
  }
})
// A link to something that the search has hidden shows it.
addEventListener('hashchange', () => {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)))
  if (!target || !target.closest('[hidden]')) return
  search.value = ''
  show()
  target.scrollIntoView()
})
)";
}

}  // namespace greenroom::api
