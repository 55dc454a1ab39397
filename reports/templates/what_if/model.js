// Evaluates the model's expression trees and sums its lines. Every formula is in the model; none is here.

const TEN = 10n

// `number` × 10^decimals as a whole number, rounded half away from zero, by the number's shortest decimal form.
function scaled(number, decimals) {
  const [mantissa, exponent = "0"] = String(number).split("e")
  const [whole, fraction = ""] = mantissa.split(".")
  const shift = decimals + Number(exponent) - fraction.length
  const digits = BigInt(whole + fraction)
  return shift >= 0 ? digits * TEN ** BigInt(shift) : divided(digits, TEN ** BigInt(-shift))
}

function divided(amount, by) {
  const half = (2n * (amount < 0n ? -amount : amount) + by) / (2n * by)
  return amount < 0n ? -half : half
}

function whatIfModel(model) {
  const { ceil_slack: slack, quantity_decimals: decimals, oere_per_krone: oere } = model.rounding
  const priceDecimals = String(oere).length - 1
  const one = TEN ** BigInt(decimals)
  const schedules = model.schedules.map(schedule => schedule.factors.map(factor => {
    const [whole, fraction = ""] = factor.split(".")
    return [BigInt(whole + fraction), TEN ** BigInt(fraction.length)]
  }))
  const operators = {
    "+": (a, b) => a + b,
    "-": (a, b) => a - b,
    "*": (a, b) => a * b,
    "/": (a, b) => a / b,
    neg: a => -a,
    min: Math.min,
    max: Math.max,
    ceil: a => Math.ceil(a - slack),
    share: (part, whole) => whole === 0 ? 0 : part / whole,
  }

  function evaluate(tree, values) {
    if (typeof tree === "number") return tree
    if (typeof tree === "string") {
      if (!values.has(tree)) throw new Error(tree)
      return values.get(tree)
    }
    const [operator, ...parts] = tree
    return operators[operator](...parts.map(part => evaluate(part, values)))
  }

  const named = (list, name) => list.find(item => item.name === name)
  const bindings = chosen => ({
    ...named(model.contexts, chosen.context).bindings,
    ...named(model.paths, chosen.path).bindings,
    ...named(model.alternatives, chosen.alternative).bindings,
  })

  // Every name's value: the inputs, what stands in for them, then volume by volume.
  function environment(chosen, uses) {
    const inputs = new Map(Object.entries(model.inputs).map(([key, item]) => [key, chosen.inputs[key] ?? item.value]))
    const values = new Map(inputs)
    for (const [name, other] of Object.entries(bindings(chosen))) values.set(name, inputs.get(other))
    for (const [key, use, tree] of model.definitions)
      values.set(key, use && !uses.includes(use) ? 0 : evaluate(tree, values))
    return values
  }

  function counts(line, chosen, uses) {
    const view = named(model.perspectives, chosen.perspective)
    return (!line.only.length || line.only.includes(chosen.alternative))
      && (uses.includes(line.block) || !model.uses.some(use => use.code === line.block))
      && view.accounts.includes(line.account)
      && view.classes.includes(line.benefit_class)
      && !view.excludes.includes(line.kind)
      && !(chosen.isFrameBinding && line.stops_with_frame)
  }

  // Net amounts in øre: the present value, by year without discounting, and the present value by block.
  function result(chosen, uses) {
    const values = environment(chosen, uses)
    const factors = schedules[chosen.schedule]
    const years = model.years.map(() => 0n), present = model.years.map(() => 0n), blocks = {}
    for (const line of model.lines) {
      if (!counts(line, chosen, uses)) continue
      const price = BigInt(line.sign) * scaled(values.get(line.unit_cost), priceDecimals)
      line.quantity.forEach((tree, year) => {
        const quantity = evaluate(tree, values)
        if (!Number.isFinite(quantity)) throw new RangeError(line.key)
        const amount = divided(scaled(quantity, decimals) * price, one)
        const [factor, whole] = factors[year]
        const now = divided(amount * factor, whole)
        years[year] += amount
        present[year] += now
        blocks[line.block] = (blocks[line.block] ?? 0n) + now
      })
    }
    return { npv: present.reduce((sum, amount) => sum + amount, 0n), years, present, blocks }
  }

  function namesIn(tree, found) {
    if (typeof tree === "string") found.add(tree)
    else if (Array.isArray(tree)) tree.slice(1).forEach(part => namesIn(part, found))
  }
  const formulaNames = new Set()
  for (const [, , tree] of model.definitions) namesIn(tree, formulaNames)
  for (const line of model.lines) {
    formulaNames.add(line.unit_cost)
    line.quantity.forEach(tree => namesIn(tree, formulaNames))
  }

  // The inputs that some formula reads, once others have taken their places.
  function inUse(chosen) {
    const bound = bindings(chosen)
    return new Set([...formulaNames].map(name => bound[name] ?? name))
  }

  return { result, inUse, usesOf: name => named(model.alternatives, name).uses }
}
