/** Colours by name: in the light, in the dark. */
const palette: Readonly<Record<string, readonly [light: string, dark: string]>> = {
  page: ["#f4f6f8", "#0e1218"],
  card: ["#ffffff", "#161c25"],
  sunk: ["#f0f3f6", "#0e1319"],
  text: ["#1b2430", "#e8eef5"],
  soft: ["#505c6a", "#a0acba"],
  line: ["#d5dce4", "#2d3744"],
  accent: ["#0a5cc2", "#6cb0ff"],
  pass: ["#146c36", "#57c785"],
  "pass-back": ["#def5e6", "#12291d"],
  fail: ["#a81528", "#ff8a84"],
  "fail-back": ["#fde7e7", "#351a1d"],
  warn: ["#7a5200", "#e3b341"],
  "warn-back": ["#fdf1cc", "#2d2410"],
  flaky: ["#8f3c00", "#f59a57"],
  "flaky-back": ["#fde9da", "#302012"],
  known: ["#3d5166", "#9db4cc"],
  "known-back": ["#e4ebf2", "#1d2834"],
  na: ["#566270", "#9aa6b3"],
  "na-back": ["#e9edf1", "#222a34"],
  error: ["#6a2ca8", "#c9a1ff"],
  "error-back": ["#f3e8fc", "#281d38"],
};

const colours = (at: 0 | 1): string =>
  `color-scheme:${["light", "dark"][at]};${Object.entries(palette)
    .map(([name, pair]) => `--${name}:${pair[at]}`)
    .join(";")}`;

const outcomes = ["pass", "fail", "warn", "flaky", "known", "na", "error"]
  .map((name) => `.o-${name}{--own:var(--${name});--back:var(--${name}-back)}`)
  .join("");

/** The style of the HTML report. It names nothing outside the page. */
export const style = `
:root{${colours(0)}}
@media (prefers-color-scheme:dark){:root:not([data-theme=light]){${colours(1)}}}
:root[data-theme=dark]{${colours(1)}}
*{box-sizing:border-box}
body{margin:0;background:var(--page);color:var(--text);font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
main,header,footer{max-width:1120px;margin:0 auto;padding:0 20px}
header{display:flex;gap:16px;align-items:flex-start;justify-content:space-between;padding-top:28px}
h1{font-size:22px;line-height:1.25;margin:0 0 4px;letter-spacing:-.01em;overflow-wrap:anywhere}
h2{font-size:16px;margin:28px 0 10px}
p{margin:0 0 8px}
.soft{color:var(--soft)}
.mono,code,pre{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;font-size:13px}
a{color:var(--accent)}
button,select,input{font:inherit;color:inherit;background:var(--card);border:1px solid var(--line);border-radius:8px;padding:6px 10px;min-height:36px}
button{cursor:pointer;white-space:nowrap}
button:hover,select:hover,input:hover{border-color:var(--soft)}
:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
.facts{display:flex;flex-wrap:wrap;gap:2px 18px;margin:0;font-size:14px}
.facts div{display:flex;gap:6px;min-width:0}
.facts dt{color:var(--soft)}
.facts dd{margin:0;overflow-wrap:anywhere}
${outcomes}
.card{background:var(--card);border:1px solid var(--line);border-radius:12px;padding:16px 18px}
.verdict{margin-top:20px;border-left:6px solid var(--own)}
.verdict strong{display:block;font-size:26px;line-height:1.2;color:var(--own)}
.bar{display:block;width:100%;height:10px;border-radius:5px;margin-top:14px;background:var(--sunk)}
.bar rect{fill:var(--own)}
.bar .o-na{fill:var(--line)}
.profiles{display:grid;grid-template-columns:repeat(auto-fill,minmax(250px,1fr));gap:12px;list-style:none;margin:0;padding:0}
.profiles li{display:flex;flex-direction:column;gap:6px;min-width:0;padding:12px 14px}
.profiles .top{display:flex;justify-content:space-between;gap:8px;align-items:center;font-weight:600}
.profiles .bar{margin:0;height:6px}
.profiles p{font-size:13px;margin:0;overflow-wrap:anywhere}
.pill{display:inline-block;flex:none;border-radius:999px;padding:1px 9px;font-size:12px;font-weight:600;line-height:20px;color:var(--own);background:var(--back)}
.list{margin:0;padding-left:20px}
.list li{overflow-wrap:anywhere;margin-bottom:4px}
.tools{display:none;position:sticky;top:0;z-index:2;background:var(--page);padding:12px 0;margin-top:12px;border-bottom:1px solid var(--line)}
.js .tools{display:block}
.row{display:flex;flex-wrap:wrap;gap:8px;align-items:center}
.row+.row{margin-top:8px}
.row input{flex:1 1 240px;min-width:0}
.chips button{display:inline-flex;gap:6px;align-items:center;border-radius:999px;min-height:32px;padding:3px 12px;font-size:13px;font-weight:600;color:var(--own)}
.chips button[aria-pressed=true]{background:var(--back);border-color:var(--own)}
.shown{font-size:13px;color:var(--soft);margin-left:auto}
.cases{display:flex;flex-direction:column;gap:6px;margin:14px 0 40px}
.case{background:var(--card);border:1px solid var(--line);border-radius:10px;content-visibility:auto;contain-intrinsic-size:auto 66px;scroll-margin-top:120px}
.case[hidden]{display:none}
.case>summary{display:grid;grid-template-columns:62px minmax(0,1fr) auto;gap:4px 12px;align-items:baseline;padding:9px 14px;cursor:pointer;list-style:none}
.case>summary::-webkit-details-marker{display:none}
.case>summary:hover{background:var(--sunk);border-radius:10px}
.case[open]>summary{border-bottom:1px solid var(--line);border-radius:10px 10px 0 0}
.case .pill{justify-self:start}
.case .name{min-width:0;overflow-wrap:anywhere}
.case .name b{display:block;font-weight:500}
.case .name code{color:var(--soft)}
.case .meta{font-size:12px;color:var(--soft);white-space:nowrap;text-align:right}
.body{padding:14px}
.body h3{font-size:12px;text-transform:uppercase;letter-spacing:.05em;color:var(--soft);margin:16px 0 6px}
.body>:first-child{margin-top:0}
.rule{margin:0 0 6px;padding-left:12px;border-left:3px solid var(--line);overflow-wrap:anywhere}
.pair{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,280px),1fr));gap:10px}
pre{margin:0;padding:10px 12px;background:var(--sunk);border:1px solid var(--line);border-radius:8px;white-space:pre-wrap;overflow-wrap:anywhere;max-height:340px;overflow:auto;tab-size:2}
.exchange{border:1px solid var(--line);border-radius:8px;margin-top:8px}
.exchange>summary{padding:7px 12px;cursor:pointer;font-size:13px}
.exchange>div{padding:0 12px 12px}
.exchange h4{margin:10px 0 4px;font-size:12px;color:var(--soft)}
.fault{border-color:var(--fail)}
.scroll{overflow:auto;max-height:340px;border:1px solid var(--line);border-radius:8px}
table{border-collapse:collapse;width:100%;font-size:13px}
th,td{text-align:left;vertical-align:top;padding:5px 10px;border-bottom:1px solid var(--line);white-space:nowrap}
tr:last-child td{border-bottom:0}
th{color:var(--soft);font-weight:600}
td.mono{min-width:200px;width:100%;white-space:pre-wrap;overflow-wrap:anywhere}
.again{display:flex;gap:8px;align-items:flex-start}
.again pre{flex:1;min-width:0;max-height:160px}
.live{display:none}
.js .live{display:block}
.body>.soft{margin:12px 0 0;font-size:13px}
.none{display:none;padding:24px;text-align:center}
footer{border-top:1px solid var(--line);padding:14px 20px 40px;font-size:13px;color:var(--soft);overflow-wrap:anywhere}
@media (max-width:640px){
main,header,footer{padding-left:12px;padding-right:12px}
.verdict strong{font-size:23px}
.body{padding:10px}
header{padding-top:16px}
.case>summary{grid-template-columns:minmax(0,1fr) auto;padding:9px 10px}
.case .name{grid-column:1/-1;grid-row:2}
.tools{position:static}
.row select{flex:1 1 40%;min-width:0}
.again{flex-direction:column}
.again pre{width:100%}
}
@media print{.tools,.live{display:none!important}.case{break-inside:avoid}pre,.scroll{max-height:none}}
`;
