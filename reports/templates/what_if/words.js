// Texts, numbers and amounts in the page's language.

function whatIfWords({ texts, units, placed, model }) {
  const TRUE_MINUS = "\u2212", PERCENT = 100, DIGITS = 12
  let language = "da"
  const locale = () => language === "da" ? "da-DK" : "en-GB"
  const minus = text => text.replace(/^-/, TRUE_MINUS)
  const round = (value, least, most) => minus(new Intl.NumberFormat(locale(), {
    minimumFractionDigits: least, maximumFractionDigits: most, signDisplay: "negative",
  }).format(value))

  const kroner = oere => Number(oere) / model.rounding.oere_per_krone
  const isShare = unit => ["andel", "vægt"].includes(unit)
  const isNought = oere => Math.abs(kroner(oere)) < 5e4
  const sparse = value => minus(new Intl.NumberFormat(locale(), { maximumSignificantDigits: 1, signDisplay: "negative" }).format(value))
  const inKroner = text => language === "da" ? `${text} kr.` : `DKK ${text}`
  const withUnit = (text, unit) => (placed[unit][language] || `{} ${units[unit][language]}`).replace("{}", text)
  const words = {
    language: () => language,
    use: chosen => { language = chosen },
    of: both => both[language],
    say: (key, given = {}) => texts[key][language].replace(/\{(\w+)\}/g, (_, name) => given[name]),
    number: value => round(value, 0, 9),
    percent: share => new Intl.NumberFormat(locale(), { style: "percent", maximumFractionDigits: 1 }).format(share),
    day: iso => new Intl.DateTimeFormat(locale(), { dateStyle: "long", timeZone: "UTC" }).format(new Date(iso)),
    unit: unit => isShare(unit) ? "%" : units[unit][language],
    // What the millions would show as nought takes the decimals it needs, and alone it is said in kroner.
    million: oere => isNought(oere) ? sparse(kroner(oere) / 1e6) : round(kroner(oere) / 1e6, 1, 1),
    millions: oere => isNought(oere) ? inKroner(round(kroner(oere), 0, 0))
      : language === "da" ? `${words.million(oere)} mio. kr.` : `DKK ${words.million(oere)} million`,
    exact: oere => inKroner(round(kroner(oere), 2, 2)),
    // A value of an input as a reader says it: a share in percent, else the number with its unit.
    value: (value, unit) => isShare(unit) ? words.percent(value) : withUnit(words.number(value), unit),
    span: (low, high, unit) => isShare(unit) ? `${words.number(words.toField(low, unit))}–${words.percent(high)}`
      : withUnit(`${words.number(low)}–${words.number(high)}`, unit),
    // What a field shows and takes: a share as a percentage, without the noise of binary fractions.
    toField: (value, unit) => isShare(unit) ? Number((value * PERCENT).toPrecision(DIGITS)) : value,
    fromField: (shown, unit) => isShare(unit) ? Number((shown / PERCENT).toPrecision(DIGITS)) : shown,
  }
  return words
}
