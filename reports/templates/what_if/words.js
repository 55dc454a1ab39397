// Texts, numbers and amounts in the page's language.

function whatIfWords({ texts, units, model }) {
  const TRUE_MINUS = "\u2212"
  let language = "da"
  const locale = () => language === "da" ? "da-DK" : "en-GB"
  const minus = text => text.replace(/^-/, TRUE_MINUS)
  const round = (value, least, most) => minus(new Intl.NumberFormat(locale(), {
    minimumFractionDigits: least, maximumFractionDigits: most, signDisplay: "negative",
  }).format(value))

  const kroner = oere => Number(oere) / model.rounding.oere_per_krone
  const words = {
    language: () => language,
    use: chosen => { language = chosen },
    of: both => both[language],
    say: (key, given = {}) => texts[key][language].replace(/\{(\w+)\}/g, (_, name) => given[name]),
    number: value => round(value, 0, 9),
    percent: share => new Intl.NumberFormat(locale(), { style: "percent", maximumFractionDigits: 1 }).format(share),
    day: iso => new Intl.DateTimeFormat(locale(), { dateStyle: "long", timeZone: "UTC" }).format(new Date(iso)),
    unit: unit => units[unit][language],
    million: oere => round(kroner(oere) / 1e6, 1, 1),
    millions: oere => language === "da" ? `${words.million(oere)} mio. kr.` : `DKK ${words.million(oere)} million`,
    exact: oere => language === "da" ? `${round(kroner(oere), 2, 2)} kr.` : `DKK ${round(kroner(oere), 2, 2)}`,
    // A value of an input as a reader says it: a share in percent, else the number with its unit.
    value: (value, unit) => ["andel", "vægt"].includes(unit) ? words.percent(value) : `${words.number(value)} ${words.unit(unit)}`,
  }
  return words
}
