// The page: what is chosen is kept in the address, evaluated, and shown.

const given = JSON.parse(document.getElementById("given").textContent)
const { model, order, groups, texts } = given
const LANGUAGE = "lang", STRONGEST = 10, LATER_MS = 60, TOLD_MS = 500
const words = whatIfWords(given), settings = whatIfSettings(model), computed = whatIfModel(model)
const at = id => document.getElementById(id)
let chosen = settings.base(), later = 0, telling = 0

const controls = Object.keys(model.inputs).map(key => whatIfControl(key, given, words, settings, (name, value) => {
  settings.set(chosen, name, value)
  update()
}))
const byKey = new Map(controls.map(control => [control.key, control]))
const usesOf = chosen => computed.usesOf(chosen.alternative).filter(use => !chosen.off.has(use))

function keep() {
  const hash = settings.toHash(chosen), language = words.language() === "da" ? "" : `${LANGUAGE}=${words.language()}`
  const whole = `#${[hash, language].filter(Boolean).join("&")}`
  history.replaceState(null, "", whole === "#" ? location.pathname + location.search : whole)
  at("link").href = whole
}

// --- choices ---

const options = {
  ...Object.fromEntries(Object.entries(settings.lists).map(([id, list]) => [
    id, () => list.map(item => [item.name, words.of(item.title), item.why ? words.of(item.why) : ""]),
  ])),
  schedule: () => model.schedules.map((item, place) => [
    String(place),
    item.valid_from === null && !item.is_decision ? words.say("schedule_first")
      : words.say(item.is_decision ? "schedule_decision" : "schedule_other", { day: words.day(item.valid_from ?? model.decision.date) }),
    item.source,
  ]),
}

for (const id of Object.keys(options)) at(id).addEventListener("change", () => {
  chosen[id] = id === "schedule" ? Number(at(id).value) : at(id).value
  update()
})
at("frame").addEventListener("change", () => { chosen.isFrameBinding = at("frame").checked; update() })

function showChoices() {
  for (const [id, list] of Object.entries(options)) {
    const found = list()
    at(id).replaceChildren(...found.map(([value, title]) => element("option", { value }, title)))
    at(id).value = String(chosen[id])
    const why = found.find(([value]) => value === at(id).value)[2]
    at(`${id}-why`).textContent = why ? why[0].toUpperCase() + why.slice(1) + "." : ""
  }
  const own = computed.usesOf(chosen.alternative), focused = document.activeElement?.id
  at("uses").replaceChildren(...model.uses.map(use => {
    const isOwn = own.includes(use.code)
    const box = element("input", { type: "checkbox", id: `use-${use.code}`, disabled: !isOwn })
    box.checked = isOwn && !chosen.off.has(use.code)
    box.addEventListener("change", () => {
      if (box.checked) chosen.off.delete(use.code)
      else chosen.off.add(use.code)
      update()
    })
    return element("label", {}, box, element("span", {}, words.of(use.title) + (isOwn ? "" : ` (${words.say("uses_missing")})`)))
  }))
  if (focused?.startsWith("use-")) at(focused)?.focus()
  at("frame").checked = chosen.isFrameBinding
}

// --- inputs: first those that move this result most, then by what they are; or what is looked for ---

function placeInputs() {
  const said = at("search").value.trim().toLowerCase()
  at("strongest-part").hidden = at("groups-part").hidden = Boolean(said)
  if (said) {
    const found = controls.filter(control => control.isNamed(said))
    at("found").textContent = words.say("found", { count: found.length })
    at("found-list").replaceChildren(...found.map(control => control.whole))
    return
  }
  at("found").textContent = ""
  const strongest = order[chosen.alternative][chosen.perspective].slice(0, STRONGEST)
  at("strongest").replaceChildren(...strongest.map(key => byKey.get(key).whole))
  const open = new Set([...at("groups").querySelectorAll("details[open]")].map(one => one.dataset.place))
  at("groups").replaceChildren(...groups.map((group, place) => {
    const inside = controls.filter(control => group.units.includes(control.unit) && !strongest.includes(control.key))
    const parts = Map.groupBy ? [...Map.groupBy(inside, control => control.group).values()] : [inside]
    return element("details", { "data-place": place, open: open.has(String(place)) },
      element("summary", {}, `${words.of(group.title)} (${inside.length})`),
      ...parts.map(part => element("div", { class: "weights" }, ...part.map(control => control.whole))))
  }))
}

function showInputs() {
  const used = computed.inUse(chosen), weights = new Map()
  for (const [key, item] of Object.entries(model.inputs))
    if (item.group) weights.set(item.group, (weights.get(item.group) ?? 0) + (chosen.inputs[key] ?? item.value))
  controls.forEach(control => control.show(chosen, used, weights))
}

function showChanged() {
  const keys = Object.keys(chosen.inputs)
  at("unchanged").hidden = keys.length > 0
  at("changed").replaceChildren(...keys.map(key => {
    const item = model.inputs[key], title = words.of(item.title)
    const undo = element("button", { type: "button", "aria-label": words.say("undo_one", { title }) }, words.say("undo"))
    undo.addEventListener("click", () => { delete chosen.inputs[key]; update(); at("reset").focus() })
    return element("li", {}, element("div", {},
      element("strong", {}, title), ` ${words.say("from_to", { base: words.value(item.value, item.unit), now: words.value(chosen.inputs[key], item.unit) })}`,
      element("p", { class: "why" }, `${words.say(item.is_assumption ? "assumption" : "source")}: ${words.of(given.sources[key])}`)), undo)
  }))
  const selects = Object.keys(options).map(id => at(id).selectedOptions[0].textContent)
  const uses = usesOf(chosen).map(code => words.of(model.uses.find(use => use.code === code).title))
  at("printed").textContent = [...selects, uses.join(", "), chosen.isFrameBinding ? words.say("frame") : ""].filter(Boolean).join(" · ")
}

// --- result ---

const blockNames = () => [...model.uses.map(use => [use.code, words.of(use.title)]), ["shared", words.say("shared")], ["risk", words.say("risk")]]
const yearNames = () => model.years.map(number => words.say("year", { number }))
const cell = amount => element("td", amount === null ? {} : { "data-oere": amount }, amount === null ? "–" : words.million(amount))

function showResult() {
  const view = model.perspectives.find(item => item.name === chosen.perspective)
  at("npv-of").textContent = `· ${words.of(view.title)}`
  let now
  try {
    now = computed.result(chosen, usesOf(chosen))
  } catch (error) {
    if (!(error instanceof RangeError || error instanceof SyntaxError)) throw error
    at("npv-big").textContent = "–"
    at("npv-exact").textContent = ""
    at("npv").removeAttribute("data-oere")
    at("npv-against").textContent = words.say("impossible")
    return null
  }
  const base = computed.result({ ...chosen, inputs: {} }, usesOf(chosen))
  at("npv").dataset.oere = now.npv
  at("npv-big").textContent = words.millions(now.npv)
  at("npv-big").classList.toggle("loss", now.npv < 0n)
  at("npv-exact").textContent = words.exact(now.npv)
  const difference = now.npv - base.npv
  at("npv-against").textContent = difference === 0n ? words.say("as_base") : words.say(difference > 0n ? "above" : "below", {
    size: words.millions(difference < 0n ? -difference : difference), base: words.millions(base.npv),
  })
  const shown = blockNames().filter(([code]) => code in now.blocks || code in base.blocks)
  drawBars(at("block-bars"), [
    ...shown.map(([code, name]) => ({ name, amount: now.blocks[code] ?? 0n, base: base.blocks[code] ?? 0n })),
    { name: words.say("sum"), amount: now.npv, base: base.npv, isTotal: true },
  ], words, words.say("by_block"))
  drawBars(at("year-bars"), yearNames().map((name, year) => ({ name, amount: now.years[year], base: base.years[year] })), words, words.say("by_year"))
  return now
}

function showTables(now) {
  const uses = usesOf(chosen)
  at("block-rows").replaceChildren(...blockNames().map(([code, name]) => {
    const isUse = uses.includes(code)
    const without = isUse ? computed.result(chosen, uses.filter(use => use !== code)).npv : null
    return element("tr", { "data-block": code }, element("th", { scope: "row" }, name),
      cell(code in now.blocks ? now.blocks[code] : null),
      cell(isUse ? now.npv - without : null), cell(isUse ? computed.result(chosen, [code]).npv : null))
  }), element("tr", { class: "total" }, element("th", { scope: "row" }, words.say("sum")), cell(now.npv), cell(null), cell(null)))
  const total = list => list.reduce((sum, amount) => sum + amount, 0n)
  at("year-rows").replaceChildren(
    ...yearNames().map((name, year) => element("tr", {}, element("th", { scope: "row" }, name), cell(now.years[year]), cell(now.present[year]))),
    element("tr", { class: "total" }, element("th", { scope: "row" }, words.say("sum")), cell(total(now.years)), cell(total(now.present))))
}

// --- all of it ---

function update() {
  keep()
  showChoices()
  showInputs()
  showChanged()
  const now = showResult()
  clearTimeout(later)
  if (now) later = setTimeout(() => showTables(now), LATER_MS)
  clearTimeout(telling)
  telling = setTimeout(() => {
    at("told").textContent = `${words.say("npv")}: ${at("npv-big").textContent}. ${at("npv-against").textContent}`
  }, TOLD_MS)
}

function showTexts() {
  document.documentElement.lang = words.language()
  document.title = `${words.say("title")} – ${words.say("label")}`
  for (const one of document.querySelectorAll("[data-say]")) one.textContent = words.say(one.dataset.say)
  at("language").textContent = words.say("other_language")
  at("language").lang = words.language() === "da" ? "en" : "da"
  const { sourced_oere, total_oere, sourced_inputs, inputs } = model.sourced
  at("rests").textContent = words.say("rests", {
    sourced: words.millions(sourced_oere), total: words.millions(total_oere), assumed: inputs - sourced_inputs, inputs,
  })
  at("years-note").textContent = words.say("years_note", { price_year: model.decision.price_year })
}

function restore() {
  const said = new URLSearchParams(location.hash.slice(1))
  if (said.get(LANGUAGE) in texts.title) words.use(said.get(LANGUAGE))
  said.delete(LANGUAGE)
  let dropped
  [chosen, dropped] = settings.fromHash(said.toString())
  showTexts()
  at("dropped").textContent = dropped.length ? words.say("dropped", { names: dropped.join(", ") }) : ""
  placeInputs()
  update()
}

for (const id of ["alternative", "perspective"]) at(id).addEventListener("change", placeInputs)
at("search").addEventListener("input", placeInputs)
at("reset").addEventListener("click", () => { chosen = settings.base(); at("dropped").textContent = ""; placeInputs(); update() })
at("language").addEventListener("click", () => {
  words.use(words.language() === "da" ? "en" : "da")
  showTexts()
  placeInputs()
  update()
})
addEventListener("hashchange", restore)
addEventListener("resize", () => showResult())
restore()
