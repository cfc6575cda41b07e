"use strict";
// Phrases that were not plainly understood: a supervisor listens and writes down what was said.

const WHY = {
  refused: "не понято · refused",
  uncertain: "понято неуверенно · uncertain",
  denied: "абонент сказал «нет» · denied",
};
const QUESTIONS = {
  reading: "показание · reading",
  account: "номер · number",
  reply: "да или нет · yes or no",
  address: "адрес · address",
  wish: "меню · menu",
};
const FAULTS = {
  no_token: "Такого ключа нет. No such token.",
  not_allowed: "Это только для супервизоров. For supervisors only.",
  unknown: "Этой фразы уже нет. It is gone.",
  invalid: "Номер пишется цифрами. The number is digits.",
};
const byId = (id) => document.getElementById(id);

function element(tag, className, ...content) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  made.append(...content);
  return made;
}

function button(russian, english, action) {
  const made = element("button", "", russian + " ", element("small", "", english));
  made.addEventListener("click", () => guarded(() => action(made)));
  return made;
}

async function ask(path, options = {}) {
  const headers = { Authorization: "Bearer " + byId("token").value.trim() };
  const answer = await fetch("api/phrases" + path, { ...options, headers, signal: AbortSignal.timeout(15000) });
  if (!answer.ok) throw new Error((await answer.json().catch(() => ({}))).error || String(answer.status));
  return answer;
}

function tell(text, bad = false) {
  byId("told").textContent = text;
  byId("told").className = bad ? "bad" : "faint";
}

async function guarded(action) {
  try {
    await action();
  } catch (error) {
    tell(FAULTS[error.message] || "Не получилось, попробуйте ещё раз. It failed, try again. " + error.message, true);
  }
}

function shown(phrase) {
  const said = element("input", "said");
  said.value = phrase.said;
  said.placeholder = "Что сказано, словами · what was said";
  const number = element("input", "number");
  number.value = phrase.number;
  number.placeholder = "Цифрами · digits";
  number.inputMode = "numeric";
  const mark = element("strong", "good", phrase.silent ? "речи нет · no speech" : phrase.said || phrase.number ? "✓" : "");
  const player = element("audio");
  player.controls = true;
  const path = "/" + encodeURIComponent(phrase.file);

  async function save(label) {
    await ask(path, { method: "POST", body: JSON.stringify(label) });
    mark.textContent = label.silent ? "речи нет · no speech" : "✓";
    tell("Сохранено. Saved.");
  }
  const section = element("section", "",
    element("p", "", `${new Date(phrase.at).toLocaleString("ru")} · ${QUESTIONS[phrase.question] || phrase.question}` +
      ` · ${phrase.node} · ${WHY[phrase.why] || phrase.why}`),
    element("p", "", "Услышано · heard: ", element("em", "", phrase.heard || "—"), ` → ${phrase.understood || "—"}`),
    element("div", "row",
      button("Слушать", "play", async () => {
        if (!player.src) player.src = URL.createObjectURL(await (await ask(path + "/sound")).blob());
        await player.play();
      }),
      player, said, number,
      button("Сохранить", "save", async () => {
        if (!said.value.trim() && !number.value.trim()) return tell("Напишите, что сказано. Write what was said.", true);
        await save({ said: said.value, number: number.value.trim() });
      }),
      button("Речи нет", "no speech", () => save({ silent: true })),
      button("Удалить", "delete", async (pressed) => {
        if (!pressed.dataset.sure) { // a sound is gone for good: the second press deletes
          pressed.dataset.sure = "1";
          pressed.firstChild.textContent = "Точно удалить? ";
          return;
        }
        await ask(path, { method: "DELETE" });
        section.remove();
        tell("Удалено. Deleted.");
      }),
      mark));
  return section;
}

async function show() {
  byId("phrases").replaceChildren();
  const { phrases } = await (await ask(byId("all").checked ? "?all=1" : "")).json();
  byId("phrases").replaceChildren(...phrases.map(shown));
  tell(phrases.length ? `Фраз: ${phrases.length}. Каждый просмотр записан в журнал. Every look is on record.` :
    "Фраз для разметки нет. Nothing to label.");
}

byId("show").addEventListener("click", () => guarded(show));
byId("token").addEventListener("keydown", (event) => { if (event.key === "Enter") guarded(show); });
