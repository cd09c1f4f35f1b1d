def test_print(demo):
    for t in demo.report.tables:
        if any(k in t.key for k in ("imput", "events", "forest", "together", "robust", "tipping", "reference")):
            print("##", t.key, t.title, t.head)
            for r in t.rows[:14]:
                print("   ", [str(c) for c in r])
    print(sorted(demo.running.deviations), demo.running.open_alerts, demo.running.queries)
