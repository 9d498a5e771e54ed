"""Runbook texts for the journeys."""

COMMANDS = """\
# Gate winch

**Owner:** Ada Winter
**Review Frequency:** Quarterly

Lifts the gate of the ferry pier.

## Look first

Ask for the state with `kubectl -n [namespace] get deploy [service-name]` before anything else.

```console
# Which pods are there
$ kubectl -n [namespace] get pods -l app=[service-name]
NAME      READY
winch-1   1/1
# And what they say
$ kubectl -n [namespace] logs deploy/[service-name] --tail=20
```

## Restart

Restart [service-name] only when nobody stands on the gate.

```bash
# Restart, and wait for it
kubectl -n [namespace] rollout restart deploy/[service-name]

kubectl -n [namespace] rollout status deploy/[service-name]
```
"""

LONG = "# Long haul\n\nA text to scroll through.\n\n" + "".join(
    f"## Part {name}\n\n" + f"What to know of part {name.lower()} is told here at some length. " * 60 + "\n\n"
    for name in ("One", "Two", "Three", "Four", "Five")
)

WIDE = """\
# Wide load

## Everything in one table

| Gate | Winch | Ledger | Buoy | Deck | Quay | Anchor | Signal | Engine | Cargo |
|------|-------|--------|------|------|------|--------|--------|--------|-------|
| north | hydraulic-main-winch | day-ledger | red-lateral | upper | stone | 4 t | flag | diesel | cars |

## One long command

```bash
kubectl -n ferry-production-north exec deploy/winch-controller -- winchctl lift --gate north --speed slow --until 100
```

Or `kubectl -n ferry-production-north get pods --selector app=winch-controller,tier=backend --output wide` by itself.

See https://wiki.example.net/harbour/gates/north/how-the-winch-was-built-and-why-it-is-where-it-is/appendix-of-drawings.

AWordThatSomebodyPastedWithoutAnySpaceInItBecauseItIsATokenOrAKey0123456789012345678901234567890123456789012345678901234567890123456789
"""

HOSTILE = """\
# <script>window.hacked = 'title'</script> desk

<script>window.hacked = 'script'</script>

<img src=x onerror="window.hacked = 'onerror'"> <svg onload="window.hacked = 'svg'"><g/></svg>

<p style="position:fixed;inset:0;background:red;z-index:99" id="cover">covered</p>

<style>body { display: none }</style> <link rel=stylesheet href="//evil.example/x.css"> <base href="//evil.example/">

<a href="javascript:window.hacked='link'">raw link</a> and [a link](javascript:window.hacked='markdown') and
[a reference][ref] and <javascript:window.hacked='auto'> and [data](data:text/html,<script>window.hacked='data'</script>)

<iframe src="javascript:window.hacked='frame'"></iframe> <form action="//evil.example/"><button>Log in again</button></form>

<details open ontoggle="window.hacked = 'toggle'"><summary>More</summary>Words</details>
<input autofocus onfocus="window.hacked='focus'">

![a picture](x" onerror="window.hacked='alt') ![<img src=x onerror=window.hacked='inner'>](javascript:1)

## <img src=x onerror="window.hacked='heading'"> Heading

```"><script>window.hacked='language'</script>
echo [<img src=x onerror=window.hacked='placeholder'>] </code></pre><script>window.hacked='code'</script>
```

| <script>window.hacked='cell'</script> | Alert |
|---|---|
| `<script>window.hacked='span'</script>` | "><script>window.hacked='alert'</script> |

[ref]: javascript:window.hacked='reference'
"""
