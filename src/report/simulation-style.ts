/** The look of the report, light and dark. */
export const SIMULATION_STYLE = `
:root { color-scheme: light dark; --line: #8884; --muted: #888; --metric: #c2410c; --target: #f59e0b; --desired: #2563eb; --ready: #16a34a; --wait: #9333ea; }
body { font: 15px/1.5 system-ui, sans-serif; margin: 0; }
main { max-width: 1100px; margin: 0 auto; padding: 24px; }
h1 { font-size: 22px; margin: 0 0 4px; } h2 { font-size: 17px; margin: 28px 0 8px; }
code, pre { font: 13px/1.5 ui-monospace, monospace; } pre { overflow: auto; padding: 12px; border: 1px solid var(--line); border-radius: 6px; }
.muted { color: var(--muted); } .ok { color: #16a34a; } .bad { color: #dc2626; font-weight: 600; }
table { border-collapse: collapse; width: 100%; } th, td { text-align: left; padding: 4px 12px 4px 0; border-bottom: 1px solid var(--line); vertical-align: top; }
tr.decision { cursor: pointer; } tr.decision:hover, tr.decision:focus { background: #8882; outline: none; }
svg { width: 100%; height: auto; display: block; } svg text { font: 11px system-ui, sans-serif; fill: var(--muted); }
.legend { display: flex; gap: 18px; flex-wrap: wrap; margin: 4px 0; } .legend b { display: inline-block; width: 18px; height: 3px; vertical-align: middle; margin-right: 6px; }
`;
