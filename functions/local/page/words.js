// The words of the page. The language is that of the spreadsheet's locale.

const WORDS = {
  en: {
    to_grid: "To the sheet", to_tabs: "To the tabs", to_panel: "To the bot and the till",
    toolbar: "Tools", undo: "Undo", row: "Row", column: "Column", panel: "Bot and till", close: "Close", tabs: "Tabs",
    add_rows: "Add 100 rows", choices: "Choices", pick_date: "Pick a date", cancel: "Cancel", kept_title: "Kept text",
    sort_up: "Sort A→Z by column {column}", sort_down: "Sort Z→A by column {column}",
    row_above: "Insert a row above", row_below: "Insert a row below", rows_delete: "Delete row {rows}",
    column_left: "Insert a column left", column_right: "Insert a column right", columns_delete: "Delete column {columns}",
    fit: "Fit the width", hide_column: "Hide column {columns}", show_columns: "Show hidden columns",
    row_menu: "Menu of row {row}", column_menu: "Menu of column {column}", row_select: "Row {row}",
    column_select: "Column {column}", edit: "Edit", leave: "F6 leaves the sheet",
    ask_delete_rows: "Delete row {rows}? This cannot be undone.",
    ask_delete_columns: "Delete column {columns}? This cannot be undone.",
    delete: "Delete", edit_anyway: "Edit anyway",
    protected: "This part is written by Promosheet. Edit anyway?",
    choose: "Choose one of: {choices}.", not_a_date: "A date belongs here, such as {example}.",
    odd: "This is none of: {choices}.",
    offline: "Promosheet does not answer. What you type is kept and sent as soon as it is back.",
    online: "Promosheet is back.", nothing_to_undo: "Nothing to undo.", undone: "Undone.",
    moved: "This row moved or is gone: your text is kept here.",
    refused: "This was not accepted ({why}): your text is kept here.",
    changed: "The rows have just changed. Nothing was done: look, and try again.",
    failed: "That did not work: {why}", put_here: "Put into {cell}", drop: "Drop it", copied: "Copied.",
    sorted: "Sorted by column {column}.", done: "Done.", too_wide: "What you paste is wider than the sheet.",
    too_many: "At most {most} rows at once.",
    subscriber: "Subscriber", someone: "Someone else…", subscriber_id: "Subscriber ID", name: "Name",
    campaign: "Campaign", none: "(none)", ask: "Ask for a code", code: "Promo code", as_bot: "As the bot",
    as_till: "At the till", check: "Check", redeem: "Redeem", rollback: "Roll back", again: "Send the same call again",
    chat: "What was said", you_issue: "A code, please.", you_check: "Is {code} good?", you_redeem: "I use {code}.",
    till_check: "Till: is {code} good?", till_redeem: "Till: redeem {code}", till_rollback: "Till: undo {code}",
    nobody: "Nobody answered. Is Promosheet running?", copy_curl: "Copy as curl", request: "Sent", answer: "Came back",
    details: "What went over the wire",
    loading: "Reading…",
  },
  ru: {
    to_grid: "К таблице", to_tabs: "К вкладкам", to_panel: "К боту и кассе",
    toolbar: "Действия", undo: "Отменить", row: "Строка", column: "Столбец", panel: "Бот и касса", close: "Закрыть",
    tabs: "Вкладки", add_rows: "Добавить 100 строк", choices: "Варианты", pick_date: "Выбрать дату", cancel: "Отмена",
    kept_title: "Сохранённый текст",
    sort_up: "Сортировать А→Я по столбцу {column}", sort_down: "Сортировать Я→А по столбцу {column}",
    row_above: "Вставить строку выше", row_below: "Вставить строку ниже", rows_delete: "Удалить строку {rows}",
    column_left: "Вставить столбец слева", column_right: "Вставить столбец справа",
    columns_delete: "Удалить столбец {columns}", fit: "Подогнать ширину", hide_column: "Скрыть столбец {columns}",
    show_columns: "Показать скрытые столбцы", row_menu: "Меню строки {row}", column_menu: "Меню столбца {column}",
    row_select: "Строка {row}", column_select: "Столбец {column}", edit: "Изменить", leave: "F6 выводит из таблицы",
    ask_delete_rows: "Удалить строку {rows}? Отменить это нельзя.",
    ask_delete_columns: "Удалить столбец {columns}? Отменить это нельзя.",
    delete: "Удалить", edit_anyway: "Всё равно изменить",
    protected: "Эту часть заполняет Promosheet. Всё равно изменить?",
    choose: "Выберите одно из: {choices}.", not_a_date: "Здесь нужна дата, например {example}.",
    odd: "Такого варианта нет среди: {choices}.",
    offline: "Promosheet не отвечает. Всё, что вы введёте, сохранится и будет отправлено, когда он вернётся.",
    online: "Promosheet снова отвечает.", nothing_to_undo: "Отменять нечего.",
    undone: "Отменено.", moved: "Эта строка переместилась или удалена: ваш текст сохранён здесь.",
    refused: "Это не принято ({why}): ваш текст сохранён здесь.",
    changed: "Строки только что изменились. Ничего не сделано: посмотрите и попробуйте ещё раз.",
    failed: "Не получилось: {why}", put_here: "Вписать в {cell}", drop: "Не нужно", copied: "Скопировано.",
    sorted: "Отсортировано по столбцу {column}.", done: "Готово.", too_wide: "Вставка шире таблицы.",
    too_many: "Не больше {most} строк за раз.",
    subscriber: "Подписчик", someone: "Кто-то другой…", subscriber_id: "ID подписчика", name: "Имя",
    campaign: "Кампания", none: "(не указана)", ask: "Попросить промокод", code: "Промокод", as_bot: "В боте",
    as_till: "На кассе", check: "Проверить", redeem: "Погасить", rollback: "Отменить",
    again: "Отправить то же ещё раз", chat: "Разговор", you_issue: "Дайте промокод.", you_check: "{code} действует?",
    you_redeem: "Использую {code}.", till_check: "Касса: {code} действует?", till_redeem: "Касса: погасить {code}",
    till_rollback: "Касса: отменить {code}", nobody: "Никто не ответил. Promosheet запущен?",
    copy_curl: "Скопировать как curl", request: "Отправлено", answer: "Получено", details: "Что ушло по сети",
    loading: "Читаю…",
  },
};

let words = WORDS.en;

/** The sentence *key* with its {holes} filled. */
export function say(key, values = {}) {
  return words[key].replace(/\{(\w+)\}/g, (_, name) => values[name]);
}

/** Speak the language of a locale such as ru_RU, also in the parts of the page that are already there. */
export function speak(locale) {
  const language = locale.startsWith("ru") ? "ru" : "en";
  words = WORDS[language];
  document.documentElement.lang = language;
  for (const element of document.querySelectorAll("[data-word]")) element.textContent = say(element.dataset.word);
  for (const element of document.querySelectorAll("[data-label]")) {
    element.setAttribute("aria-label", say(element.dataset.label));
  }
}
