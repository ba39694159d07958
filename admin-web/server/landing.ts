/** The page at /: where the three apps are. Plain, so that it works without any of them. */
export const LANDING_PAGE = `<!doctype html>
<html lang="zh-CN">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>亲桥 Qinqiao</title>
<style>
  body { margin: 0; min-height: 100vh; display: grid; place-items: center; background: #f2f5f9; color: #14263d;
    font: 16px/1.6 system-ui, "PingFang SC", "Noto Sans CJK SC", sans-serif; }
  main { width: min(920px, 92vw); }
  h1 { font-size: 34px; margin: 0; } p { color: #5a6b80; margin: 4px 0 28px; }
  nav { display: grid; grid-template-columns: repeat(auto-fit, minmax(220px, 1fr)); gap: 16px; }
  a { display: block; padding: 24px; border-radius: 14px; background: #fff; color: inherit; text-decoration: none;
    box-shadow: 0 1px 3px #0b1f3a1f; border: 1px solid #e2e8f0; }
  a:hover, a:focus-visible { border-color: #1e5aa8; outline: none; }
  strong { display: block; font-size: 20px; } span { color: #5a6b80; font-size: 14px; }
</style>
<main>
  <h1>亲桥 Qinqiao</h1>
  <p>罪犯会见通讯系统 · Supervised visits between inmates and their families</p>
  <nav>
    <a href="/console/"><strong>民警控制台</strong><span>Officers’ console</span></a>
    <a href="/tablet/"><strong>会见终端</strong><span>Inmate tablet</span></a>
    <a href="/family/"><strong>家属端</strong><span>Family app</span></a>
  </nav>
</main>
</html>`;

/** The mark of the product, where a page names none of its own. */
export const ICON = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64"><rect width="64" height="64" rx="16" fill="#1f5fa8"/>
<path d="M10 40c8-18 36-18 44 0" fill="none" stroke="#fff" stroke-width="6" stroke-linecap="round"/>
<path d="M18 40v8M32 30v18M46 40v8" stroke="#fff" stroke-width="5" stroke-linecap="round"/></svg>`;
