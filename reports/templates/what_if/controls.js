// One control per input: a slider over its range, a number field for any possible value, and where it is from.

function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "class") made.className = value
    else if (value === true) made.setAttribute(name, "")
    else if (value !== false && value !== null) made.setAttribute(name, value)
  }
  made.append(...children)
  return made
}

const sentence = text => text.endsWith(".") ? text : `${text}.`

// A round step: about a hundred from end to end.
function stepOf(low, high) {
  const rough = (high - low) / 100
  const size = 10 ** Math.floor(Math.log10(rough))
  return Number((size * [1, 2, 5, 10].find(times => times * size >= rough * 0.999)).toPrecision(1))
}

function whatIfControl(key, { model, sources }, words, settings, change) {
  const item = model.inputs[key]
  const hasRange = item.low < item.high
  const title = element("label", { id: `name-${key}`, for: `field-${key}` })
  const field = element("input", { type: "number", id: `field-${key}`, step: "any", min: 0, inputmode: "decimal", "aria-describedby": `fault-${key}` })
  const slider = hasRange && element("input", {
    type: "range", id: `slider-${key}`, "aria-labelledby": `name-${key}`, min: item.low, max: item.high, step: stepOf(item.low, item.high),
  })
  const unit = element("span", { class: "unit" }), about = element("p", { class: "why" })
  const fault = element("p", { class: "fault", id: `fault-${key}` })
  const whole = element("div", { class: "input", "data-key": key },
    element("div", { class: "head" }, title),
    element("div", { class: "row" }, slider || element("span"), field, unit), fault, about)

  field.addEventListener("input", () => {
    const value = field.value.trim() ? words.fromField(Number(field.value), item.unit) : NaN
    const isPossible = settings.isPossible(key, value)
    field.setAttribute("aria-invalid", String(!isPossible))
    const [low, high] = settings.limits(key).map(end => words.toField(end, item.unit))
    fault.textContent = isPossible ? "" : Number.isFinite(high)
      ? words.say("invalid", { low: words.number(low), high: words.number(high) })
      : words.say("invalid_least", { low: words.number(low) })
    if (isPossible) change(key, value)
  })
  if (slider) slider.addEventListener("input", () => change(key, Number(slider.value)))

  function show(chosen, used, weights) {
    const value = chosen.inputs[key] ?? item.value
    const isUsed = used.has(key)
    title.textContent = words.of(item.title)
    const own = words.toField(value, item.unit)
    if (document.activeElement !== field || Number(field.value) !== own) field.value = own
    if (settings.isPossible(key, words.fromField(Number(field.value), item.unit))) { field.setAttribute("aria-invalid", "false"); fault.textContent = "" }
    if (slider) {
      slider.value = value
      slider.setAttribute("aria-valuetext", words.value(value, item.unit))
    }
    const whole_ = item.group ? weights.get(item.group) : 0
    unit.textContent = words.unit(item.unit)
      + (item.group ? ` (${words.say("weight", { share: words.percent(whole_ ? value / whole_ : 0) })})` : "")
    const span = words.span(item.low, item.high, item.unit)
    const from = item.is_assumption ? "assumption" : "source"
    about.textContent = [
      isUsed ? "" : `(${words.say("unused")})`,
      hasRange && (value < item.low || value > item.high) ? sentence(words.say("outside", { span }))
        : sentence(hasRange ? words.say("range", { span }) : words.say("fixed")),
      `${words.say(from)}: ${words.of(sources[key])}`,
    ].filter(Boolean).join(" ")
    whole.classList.toggle("changed", key in chosen.inputs)
    whole.classList.toggle("unused", !isUsed)
  }

  const isNamed = said => `${item.title[words.language()]} ${words.of(sources[key])} ${key}`.toLowerCase().includes(said)
  return { key, whole, field, show, isNamed, group: item.group, unit: item.unit }
}
