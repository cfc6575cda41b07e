"use strict";
// The board: asks for the status every two seconds and shows it anew. Russian first, English beside it.

const EVERY_MS = 2000;
const OUTCOMES = {
  open: ["разговор идёт", "under way"],
  served: ["обслужены без оператора", "served"],
  abandoned: ["положили трубку", "abandoned"],
  operator: ["поговорили с оператором", "talked with an operator"],
  operator_missed: ["не дождались оператора", "operator missed"],
  fallback: ["приняты резервной очередью", "fallback queue"],
  fallback_missed: ["не дождались в резервной очереди", "fallback missed"],
  failed: ["сбой, мы извинились", "failed"],
  lost: ["потеряны", "lost"],
};

const STATES = {
  ready: ["готов", "ready"],
  ringing: ["звонит телефон", "ringing"],
  talking: ["разговаривает", "talking"],
  wrap_up: ["обработка", "wrap-up"],
  paused: ["перерыв", "paused"],
  missed: ["не ответил", "missed"],
  set_aside: ["отстранён: не отвечает", "set aside"],
  unreachable: ["нет связи", "unreachable"],
  logged_out: ["не на смене", "out"],
};

function element(tag, className, ...content) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  made.append(...content);
  return made;
}

function both(russian, english) {
  return [russian + " ", element("small", "", english)];
}

function card(russian, english, ...content) {
  return element("section", "", element("h2", "", ...both(russian, english)), ...content);
}

function table(rows) {
  return element("table", "", ...rows.map(([name, value]) =>
    element("tr", "", element("td", "", ...name), element("td", "", value))));
}

function state(up) {
  return up ? element("span", "good", "работает · up") : element("span", "bad", "нет связи · down");
}

function figure(count, rows) {
  return [element("p", "figure", String(count)), ...(rows.length ? [table(rows)] : [])];
}

function sum(counts) {
  return Object.values(counts).reduce((total, count) => total + count, 0);
}

function show(now) {
  document.title = now.supplier;
  const nodes = Object.entries(now.calls).sort((a, b) => b[1] - a[1]);
  const outcomes = Object.entries(now.today).sort((a, b) => b[1] - a[1]);
  return [
    element("header", "", element("h1", "", now.supplier),
      element("p", "number", "Звоните · Call " + now.number)),
    element("div", "cards",
      card("Состояние", "State", table([
        [["Asterisk"], state(now.asterisk)],
        [both("База данных", "database"), state(now.database)],
      ])),
      card("Сейчас в диалоге", "In dialogue",
        ...figure(sum(now.calls), nodes.map(([node, count]) => [[node], String(count)]))),
      card("Ждут оператора", "Waiting for an operator", ...figure(now.waiting,
        now.waiting ? [[both("дольше всех, с", "longest, s"), String(now.longest_s)]] : [])),
      ...(now.callbacks === null ? [] : [
        card("Ждут обратного звонка", "To be rung back", ...figure(now.callbacks,
          now.callbacks ? [[both("самое давнее обещание, мин", "oldest promise, min"), String(Math.floor(now.oldest_s / 60))]] : []))]),
      card("Операторы", "Operators", table(Object.entries(now.operators).map(([extension, state]) =>
        [[extension], element("span", "", ...both(...(STATES[state] || [state, ""])))]))),
      card("Звонки за сегодня", "Calls today", ...(now.database
        ? figure(sum(now.today), outcomes.map(([name, count]) => [both(...(OUTCOMES[name] || [name, ""])), String(count)]))
        : [element("p", "bad", "неизвестно · unknown")]))),
    element("p", "faint", `Стандарт · Standard: ${now.standard} · сценарий · flow: ${now.flow} ${now.version}`),
  ];
}

function silent() {
  document.title = "— нет связи —";
  return [
    element("h1", "bad", "Нет связи с движком"),
    element("p", "faint", "Engine not reachable. Звонки принимает резервная очередь · Asterisk's fallback queue answers."),
  ];
}

async function refresh() {
  let content;
  try {
    const answer = await fetch("api/status", { signal: AbortSignal.timeout(5000) });
    if (!answer.ok) throw new Error(String(answer.status));
    content = show(await answer.json());
  } catch {
    content = silent();
  }
  document.getElementById("board").replaceChildren(...content);
  setTimeout(refresh, EVERY_MS);
}

refresh();
