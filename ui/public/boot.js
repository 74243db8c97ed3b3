// Runs before the first paint, so that a chosen theme or language does not flash. A file of its own, because the
// content policy forbids inline scripts.
(function () {
  try {
    var theme = localStorage.getItem('everwatch.theme');
    if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
    var language = localStorage.getItem('everwatch.language');
    if (language === 'en' || language === 'zh-Hans') document.documentElement.lang = language;
  } catch (_) {
    // No storage: the system's choice stands.
  }
})();
