// What has been chosen, and how an address keeps it: every choice that is not the decision's own, by name.

function whatIfSettings(model) {
  const DECISION = model.schedules.findIndex(schedule => schedule.is_decision)
  const lists = {
    alternative: model.alternatives, context: model.contexts, path: model.paths, perspective: model.perspectives,
  }
  const own = {
    alternative: model.decision.headline, context: model.decision.context,
    path: model.decision.path, perspective: model.decision.perspective,
  }

  const base = () => ({ ...own, schedule: DECISION, isFrameBinding: false, off: new Set(), inputs: {} })

  // From nought, and for what is a part of a whole to one.
  const limits = key => [0, ["andel", "vægt"].includes(model.inputs[key].unit) ? 1 : Infinity]

  function isPossible(key, value) {
    const [low, high] = limits(key)
    return Number.isFinite(value) && value >= low && value <= high
  }

  function toHash(chosen) {
    const said = new URLSearchParams()
    for (const name of Object.keys(own)) if (chosen[name] !== own[name]) said.set(name, chosen[name])
    if (chosen.schedule !== DECISION) said.set("schedule", chosen.schedule)
    if (chosen.isFrameBinding) said.set("frame", "binding")
    for (const use of chosen.off) said.append("off", use)
    for (const [key, value] of Object.entries(chosen.inputs)) said.set(`in.${key}`, value)
    return said.toString()
  }

  // The choices that an address names, and what of it cannot be used.
  function fromHash(hash) {
    const chosen = base(), dropped = []
    for (const [name, said] of new URLSearchParams(hash)) {
      const key = name.startsWith("in.") ? name.slice(3) : null, number = said.trim() ? Number(said) : NaN
      if (name in lists && lists[name].some(item => item.name === said)) chosen[name] = said
      else if (name === "schedule" && Object.hasOwn(model.schedules, said)) chosen.schedule = number
      else if (name === "frame" && said === "binding") chosen.isFrameBinding = true
      else if (name === "off" && model.uses.some(use => use.code === said)) chosen.off.add(said)
      else if (key && Object.hasOwn(model.inputs, key) && isPossible(key, number)) set(chosen, key, number)
      else dropped.push(name)
    }
    return [chosen, dropped]
  }

  function set(chosen, key, value) {
    if (value === model.inputs[key].value) delete chosen.inputs[key]
    else chosen.inputs[key] = value
  }

  return { base, limits, isPossible, toHash, fromHash, set, lists }
}
