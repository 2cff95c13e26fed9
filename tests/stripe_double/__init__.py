"""Our own double of Stripe: an account with memory, over HTTP, as a process of its own.

    python -m tests.stripe_double --port 0 --webhook http://127.0.0.1:5000/hooks/stripe --secret whsec_double
        [--key sk_test_double] [--state double.json] [--hands 1]

running.py holds the process, the fixture, the real library's client and a session to begin with; receiver.py a site
that only listens; storm.py a storm of webhooks. The process prints its address, and then is what
`https://api.stripe.com` is to the site, and what `checkout.stripe.com`, `billing.stripe.com` and a bank are to the
donor. In a test:

    def test_something(stripe_double):              # from tests.stripe_double.running import stripe_double
        client = stripe.StripeClient(stripe_double.key, base_addresses={"api": stripe_double.url})
        session = client.v1.checkout.sessions.create({...}, {"idempotency_key": "…"})
        stripe_double.control("pay", session=session.id)            # or open session.url in a browser
        stripe_double.control("clock", seconds=40 * 86400)          # renewals, retries, payouts, expiries
        stripe_double.delivered()                                   # every webhook has been carried
        assert stripe_double.control("books")["gifts"]["eur"]["kept"] == 1500

**It judges.** Every parameter is held against the types of the installed library (judging.py), and every object that
it answers against the classes of the same library (shapes.py). What is legal, but not acted on by the double, gets a
501: build it before relying on it. It speaks the API version that the library pins, and no other.

**Cards** (paying.py): 4242424242424242 pays; 4000000000000002, …9995, …0069, …0127 are refused; 4000000000000341 pays
now and is refused at each renewal; 4000002500003155 asks the bank first; 4000000000000259 is disputed at once;
4000000000005126 takes no refund. IBAN DE89370400440532013000 pays after five days, DE62370400440532013001 is refused
after three: by the clock, or at once by `control("settle")`.

**Controls** (control.py), each `POST /_control/<name>` with JSON, or `double.control(name, …)`:
`pay` (session, number, email), `bank` (payment_intent, agrees), `clock` (seconds or to), `settle`, `refund` (charge or
payment_intent, amount), `fail_refund`, `dispute` (charge or payment_intent, amount), `close_dispute` (dispute, won),
`payouts`, `fees`; `webhooks` (paused, shuffles, copies, delay, again_after, url, secret), `replay` (event, copies; or
all), `send` (event, how: forged, stale, altered, unsigned; or any body), `deliveries`, `wait` (seconds); `trouble`
(kind, times, path, method, seconds) and `untroubled`; `settings` (retry_days, after_retries, late_fees, events);
`books`, `calls`, `objects` (kind), `now`; `reset` forgets everything.

**Troubles**: "500" has acted, and answers 500 again under the same key, as Stripe keeps it; "502" has acted, and
answers truly when asked again under the same key; "lost" has acted and cuts the line; "slow" acts and answers late;
"429", "409" and "500_before" have not acted.

**Moving parts of this version** that a site must know: a charge says nothing of its invoice, and an invoice nothing of
its charge (`invoice_payments` joins them); the subscription of an invoice is in `parent.subscription_details`; a
period is in `items.data[].current_period_end`; the balance transaction of a charge comes after `charge.succeeded`,
with `charge.updated`; events are read for thirty days, and no longer; a session in payment mode has no payment intent
before somebody tries to pay.
"""
