// Bars from a line of zero: a name, an amount, and a mark where the base case is.

function drawBars(svg, rows, words, title) {
  const NAMESPACE = "http://www.w3.org/2000/svg", ROW = 36, BAR = 10, TEXT = 14
  const width = Math.max(svg.clientWidth, 240)
  const amounts = rows.flatMap(row => [Number(row.amount), Number(row.base)])
  const low = Math.min(0, ...amounts), high = Math.max(0, ...amounts)
  const x = amount => high > low ? (Number(amount) - low) / (high - low) * (width - 4) + 2 : 2
  svg.setAttribute("viewBox", `0 0 ${width} ${rows.length * ROW}`)
  svg.setAttribute("aria-label", `${title}. ${rows.map(row => `${row.name}: ${words.millions(row.amount)}`).join("; ")}`)
  svg.replaceChildren()
  const add = (tag, attributes, text = "") => {
    const made = document.createElementNS(NAMESPACE, tag)
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value)
    made.textContent = text
    svg.append(made)
  }
  rows.forEach((row, place) => {
    const top = place * ROW, ends = [x(0), x(row.amount)].sort((one, other) => one - other)
    const weight = row.isTotal ? "total" : ""
    add("text", { x: 0, y: top + TEXT, class: weight }, row.name)
    add("text", { x: width, y: top + TEXT, "text-anchor": "end", class: weight }, words.million(row.amount))
    add("rect", { x: ends[0], y: top + TEXT + 7, width: ends[1] - ends[0], height: BAR, class: row.amount < 0n ? "loss" : "gain" })
    if (row.base !== row.amount) add("line", { x1: x(row.base), x2: x(row.base), y1: top + TEXT + 5, y2: top + TEXT + BAR + 9, class: "base" })
  })
  rows.forEach((_, place) => add("line", { x1: x(0), x2: x(0), y1: place * ROW + TEXT + 5, y2: place * ROW + TEXT + BAR + 9, class: "zero" }))
}
