// Events, times and values in words. The sentences are those of `quorate why`.

// "1.234567 s": always in seconds and to the microsecond, so that times stand one below the other.
function timeText(ns) {
  return `${(ns / 1e9).toFixed(6)} s`;
}

// A tick of an axis: no more digits than its step needs.
function tickText(ns, step) {
  const [unit, name] = tickUnit(ns, step);
  const digits = Math.max(0, Math.ceil(Math.log10(unit / step) - 1e-9));
  return `${(ns / unit).toFixed(Math.min(digits, 6))} ${name}`;
}

function tickUnit(ns, step) {
  if (step >= 1e9 || ns === 0) return [1e9, "s"];
  if (step >= 1e6 && ns >= 1e9) return [1e9, "s"];
  return step >= 1e3 ? [1e6, "ms"] : [1e3, "µs"];
}

function durationText(ns) {
  if (ns >= 1e9) return `${(ns / 1e9).toFixed(3)} s`;
  if (ns >= 1e6) return `${(ns / 1e6).toFixed(3)} ms`;
  return `${(ns / 1e3).toFixed(1)} µs`;
}

function groupedNumber(number) {
  return String(number).replace(/\B(?=(\d{3})+$)/g, ",");
}

function counted(number, one, many) {
  return `${groupedNumber(number)} ${number === 1 ? one : many}`;
}

// A value as people read JSON: no quotes where none are needed, a space behind commas. A map, which
// traces write as an array of pairs, as what it is.
function valueText(value) {
  const commas = (texts) => texts.join(", ");
  if (typeof value === "string") {
    return /^[\w.:/+-]+( [\w.:/+-]+)*$/.test(value) ? value : JSON.stringify(value);
  }
  if (isMap(value)) return `{${commas(value.map(([key, one]) => `${key} → ${valueText(one)}`))}}`;
  if (Array.isArray(value)) return `[${commas(value.map(valueText))}]`;
  if (value instanceof Log) return value.text();
  if (!isObject(value)) return String(value);
  return `{${commas(Object.entries(value).map(([key, one]) => `${key}: ${valueText(one)}`))}}`;
}
function isMap(value) {
  const isPair = (one) => Array.isArray(one) && one.length === 2 && typeof one[0] !== "object";
  return Array.isArray(value) && value.length > 0 && value.every(isPair);
}

// An entry of a log in few words: "term 2 · command client 0, serial 9, put k1 v9".
function entryText(entry) {
  if (!isObject(entry)) return valueText(entry);
  return Object.entries(entry)
    .map(([key, value]) => `${key} ${innerText(value)}`)
    .join(" · ");
}
// Of what lies deep in it, words alone; a number says nothing without its name.
function innerText(value) {
  if (Array.isArray(value)) return value.map(innerText).join(" ");
  if (!isObject(value)) return valueText(value);
  const words = Object.values(value).every((one) => typeof one === "string");
  return Object.entries(value)
    .map(([key, one]) => (typeof one === "number" ? `${key} ${one}` : innerText(one)))
    .join(words ? " " : ", ");
}

function clipped(text, most) {
  if (text.length <= most) return text;
  return most < 2 ? "" : `${text.slice(0, most - 1)}…`;
}

// The fields that stand in the line itself: all but those that any line may have.
function ownFields(detail, fieldName = (key) => key) {
  const common = new Set(["set", "start", "disk", "lost", "body", "bytes"]);
  const fields = Object.entries(detail).filter(([key]) => !common.has(key));
  if (detail.body) fields.push(...Object.entries(detail.body));
  if (fields.length === 0) return "";
  return ` (${fields.map(([key, value]) => `${fieldName(key)} ${valueText(value)}`).join(", ")})`;
}

function bodyText(detail) {
  return detail.body && Object.keys(detail.body).length > 0 ? ` ${valueText(detail.body)}` : "";
}

// What happened, without index, time and place.
const SENTENCES = {
  send: (e) => `sends ${e.name} to ${e.to}${bodyText(e.detail)}`,
  recv: (e) => `receives ${e.name} from ${e.from}`,
  unexpected: (e) => `has no use for ${e.name} from ${e.from}`,
  drop: (e) => `${e.name} from ${e.from} to ${e.to} is lost: ${e.detail.why ?? "?"}`,
  dup: (e) => `${e.name} from ${e.from} to ${e.to} is duplicated`,
  local: (e) => `goes on with ${e.name}${bodyText(e.detail)}`,
  timer: (e) => `timer ${e.name} expires${bodyText(e.detail)}`,
  event: (e) => `${e.fieldName(e.name)}${ownFields(e.detail, e.fieldName)}`,
  op: (e) => `asks${ownFields(e.detail)}`,
  ack: (e) => `is answered${ownFields(e.detail)}`,
  persist: () => "its write is on disk",
  crash: () => "crashes",
  restart: () => "restarts",
  pause: () => "is paused",
  resume: () => "goes on",
  fault: (e) => `fault ${e.name}: ${e.detail.do ?? ""}`,
  heal: (e) => `end of fault ${e.name}: ${e.detail.do ?? ""}`,
  note: (e) => String(e.detail.text ?? ""),
  violation: (e) => `${e.name} is violated: ${e.detail.why ?? ""}`,
};

function sentenceOf(trace, at) {
  return SENTENCES[KINDS[trace.kind[at]]]({
    name: trace.nameOf(at),
    from: trace.placeName(trace.from[at]),
    to: trace.placeName(trace.to[at]),
    detail: trace.detailOf(at),
    fieldName: (key) => trace.fieldName(key),
  });
}

function eventName(trace, at) {
  return `e${trace.index[at]}`;
}

// One event in a line, as it is read aloud.
function spokenEvent(trace, at) {
  const place = trace.placeName(trace.node[at]);
  return (
    `${eventName(trace, at)}, ${timeText(trace.time[at])}${place && `, ${place}`}: ` +
    clipped(sentenceOf(trace, at), 160)
  );
}
