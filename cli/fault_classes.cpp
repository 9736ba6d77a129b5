#include "cli/fault_classes.hpp"

#include <algorithm>
#include <array>

namespace quorate {
namespace {

using Mode = FailureMode;
using Class = FailureClass;
using Lasting = FailureLasting;

constexpr auto faults = std::to_array<FaultClass>({
    // ---- crashes
    {"crash", Mode::crash, Class::stop, Lasting::ends,
     "Of the nodes that are up: timers, inbox and whatever was not synced are gone; what is on its "
     "way to it is dropped. \"for\" restarts it, as another life from what its disk holds. Where "
     "delays are bounded its silence is proof.",
     R"j("faults": [{"at": "1s", "for": "500ms", "do": {"crash": "$leader"}}])j"},
    {"crash.after_sends", Mode::crash, Class::stop, Lasting::ends,
     "Inside a handler, when so many of its messages, or of one type of them, have left.",
     R"j("faults": [{"at": "1s", "do": {"crash": {"node": "$leader", )j"
     R"j("after_sends": 1, "message": "AppendEntries"}}}])j"},
    {"crash.before_persist", Mode::crash, Class::stop, Lasting::ends,
     "When its next write would start, which then never does; with a number the write of that "
     "number from when the fault is due, each node counting its own, and so at the moments below. "
     "A write of its disk may hold what several handlers have asked it to keep.",
     R"j("faults": [{"at": "1s", "do": {"crash": {"node": "n1", )j"
     R"j("before_persist": true}}}])j"},
    {"crash.during_persist", Mode::crash, Class::stop, Lasting::ends,
     "When its next write would be durable, which then is not; what is left of it says the disk's "
     "rule.",
     R"j("faults": [{"at": "1s", "do": {"crash": {"node": "n1", )j"
     R"j("during_persist": true}}}])j"},
    {"crash.sync_error", Mode::crash, Class::stop, Lasting::ends,
     "Its disk answers its next sync with an error, for which it stops: nothing that was not "
     "synced is there, and asking again would be told that all is well.",
     R"j("faults": [{"at": "1s", "for": "1s", "do": {"crash": {"node": "n1", )j"
     R"j("sync_error": true}}}])j"},
    {"crash.after_persist", Mode::crash, Class::stop, Lasting::ends,
     "When its next write is durable, before anything leaves that waited for it.",
     R"j("faults": [{"at": "1s", "do": {"crash": {"node": "n1", )j"
     R"j("after_persist": true}}}])j"},
    {"crash.client", Mode::crash, Class::silent, Lasting::ends,
     "It asks and hears nothing more; servers cannot tell it from one that has nothing to ask. "
     "What it has asked are orphans: they may be carried out, and nobody waits. \"for\" brings it "
     "back: it goes on with its lines, under further serials.",
     R"j("workload": [{"client": "c1", "op": "put", "every": "100ms"}], )j"
     R"j("faults": [{"at": "1s", "for": "500ms", "do": {"crash": "c1"}}])j"},
    {"disk.full", Mode::crash, Class::stop, Lasting::ends,
     "A write that would begin is answered with an error, for which its node stops. Who comes back "
     "stops again at the next write, until there is room.",
     R"j("faults": [{"at": "1s", "for": "1s", "do": {"disk": {"node": "n1", )j"
     R"j("full": true}}}])j"},
    {"disk.read_only", Mode::crash, Class::stop, Lasting::ends,
     "No write gets to it any more: one that is on its way and each that would begin is answered "
     "with an error, for which its node stops. Who comes back stops again at the next write, until "
     "it can be written.",
     R"j("faults": [{"at": "1s", "for": "1s", "do": {"disk": {"node": "n1", )j"
     R"j("read_only": true}}}])j"},
    {"disk.read_error", Mode::crash, Class::stop, Lasting::stays,
     "While its node is down: a sector of it cannot be read, and so the node, which reads all of "
     "it, does not start, until the disk is restored, swapped or empty.",
     R"j("faults": [{"id": "kill", "at": "1s", "for": "1s", "do": {"crash": "n1"}}, )j"
     R"j({"on": {"fault": "kill"}, "do": {"disk": {"node": "n1", "read_error": true}}}])j"},
    {"restart", Mode::none, Class::none, Lasting::none,
     "Of the nodes that are down: they come back with what is on their disk, as another life.",
     R"j("faults": [{"at": "1s", "do": {"crash": "n1"}}, {"at": "2s", )j"
     R"j("do": {"restart": "n1"}}])j"},
    {"restart.amnesia", Mode::arbitrary, Class::arbitrary, Lasting::stays,
     "They come back with an empty disk: a server that has forgotten what it promised.",
     R"j("faults": [{"at": "1s", "do": {"crash": "n1"}}, {"at": "2s", )j"
     R"j("do": {"restart": {"node": "n1", "amnesia": true}}}])j"},
    // ---- omissions
    {"omit", Mode::omission, Class::silent, Lasting::ends,
     "Messages that match are dropped at the node's edge, each by a draw of its own where \"p\" is "
     "given, and told as omission, not as loss.",
     R"j("faults": [{"at": "1s", "for": "2s", "do": {"omit": {"node": "*", )j"
     R"j("message": "AppendEntriesReply", "p": "50%", "count": 100}}}])j"},
    {"omit.send", Mode::omission, Class::silent, Lasting::ends,
     "As the node sends them; \"to\" says to whom.",
     R"j("faults": [{"at": "1s", "do": {"omit": {"node": "$leader", "side": "send", )j"
     R"j("to": "follower"}}}])j"},
    {"omit.receive", Mode::omission, Class::silent, Lasting::ends,
     "As the node receives them; \"from\" says from whom.",
     R"j("faults": [{"at": "1s", "do": {"omit": {"node": "$leader", )j"
     R"j("side": "receive", "from": "follower"}}}])j"},
    {"omit.both", Mode::omission, Class::silent, Lasting::ends,
     "Both, a general omission: two rules, each with a chance and a count of its own.",
     R"j("faults": [{"at": "1s", "do": {"omit": {"node": "n1", "side": "both"}}}])j"},
    {"network.loss", Mode::omission, Class::silent, Lasting::stays,
     "Each message is lost by a draw of its link's own, as it is sent.",
     R"j("network": {"delay": "5ms", "loss": "2%"})j"},
    {"network.burst", Mode::omission, Class::silent, Lasting::stays,
     "Messages are lost in runs, so many on average, of a link that is good or bad "
     "(Gilbert-Elliott); \"loss\" is the share of all.",
     R"j("network": {"delay": "5ms", "loss": "2%", "burst": 4})j"},
    {"network.queue", Mode::omission, Class::silent, Lasting::stays,
     "What would not fit with what waits for a link of limited \"bandwidth\" is refused.",
     R"j("network": {"delay": "5ms", "bandwidth": "64kB/s", "queue": "8kB"})j"},
    {"network.drops", Mode::omission, Class::silent, Lasting::stays,
     "\"head\": a full queue drops what has waited longest in it, instead of what comes last.",
     R"j("network": {"delay": "5ms", "bandwidth": "2kB/s", "queue": "200B", "drops": "head"})j"},
    {"partition", Mode::omission, Class::silent, Lasting::ends,
     "Sides that do not hear each other: what is sent from one to another is lost, and what is on "
     "its way, too, if the link is still cut when it would arrive; not with \"in_flight\": "
     "\"keep\".",
     R"j("faults": [{"at": "1s", "for": "1s", "do": {"partition": [["n1", "n2"], )j"
     R"j(["n3"]]}}])j"},
    {"partition.groups", Mode::omission, Class::silent, Lasting::ends,
     "The same, where more is to be said of it; with \"one_way\" only from the first side to the "
     "others.",
     R"j("faults": [{"at": "1s", "for": "1s", )j"
     R"j("do": {"partition": {"groups": [["n1"], ["n2", "n3"]], "one_way": true, )j"
     R"j("in_flight": "keep"}}}])j"},
    {"partition.isolate", Mode::omission, Class::silent, Lasting::ends,
     "These on one side, all others on the other.",
     R"j("faults": [{"every": "500ms", "for": "50%", )j"
     R"j("do": {"partition": {"isolate": "$leader"}}}])j"},
    {"partition.bridge", Mode::omission, Class::silent, Lasting::ends,
     "Two halves of the others, and these hear both.",
     R"j("faults": [{"at": "1s", "for": "1s", "do": {"partition": {"bridge": "n2"}}}])j"},
    {"partition.random_halves", Mode::omission, Class::silent, Lasting::ends, "Two halves, drawn.",
     R"j("faults": [{"at": "1s", "for": "1s", "do": {"partition": "random_halves"}}])j"},
    {"partition.majorities_ring", Mode::omission, Class::silent, Lasting::ends,
     "Of at least four nodes each hears a majority, its neighbours on both sides, and no two the "
     "same.",
     R"j("protocol": {"use": "raft", "nodes": 5}, "faults": [{"at": "1s", )j"
     R"j("for": "1s", "do": {"partition": "majorities_ring"}}])j"},
    {"partition.swizzle", Mode::omission, Class::silent, Lasting::ends,
     "One by one they leave all others, each at a moment drawn in the first half of \"for\", which "
     "it needs, and come back in the second.",
     R"j("faults": [{"at": "1s", "for": "2s", "do": {"partition": {"swizzle": "*"}}}])j"},
    {"cut", Mode::omission, Class::silent, Lasting::ends,
     "Directed links carry nothing; the way back stays open. What is on its way as in a partition.",
     R"j("faults": [{"at": "1s", "for": "1s", "do": {"cut": {"from": "n1", )j"
     R"j("to": ["n2", "n3"], "in_flight": "keep"}}}])j"},
    // ---- timing
    {"hold", Mode::timing, Class::silent, Lasting::ends,
     "Messages that match wait in the network, in the order they came, until a release, a heal, or "
     "their time is up; then they take their link's delay from then.",
     R"j("faults": [{"at": "1s", "for": "300ms", "do": {"hold": {"from": "$leader", )j"
     R"j("to": "follower", "message": "AppendEntries", "p": "50%", "count": 3}}}])j"},
    {"pause", Mode::timing, Class::noisy, Lasting::ends,
     "No handler runs and nothing leaves; messages and timers wait, and come in order when it goes "
     "on. Who takes it for dead is wrong, and finds out.",
     R"j("faults": [{"at": "1s", "for": "800ms", "do": {"pause": "n1"}}])j"},
    {"node", Mode::timing, Class::noisy, Lasting::ends,
     "How long it is busy with each handler from now on; what the handler puts out leaves when "
     "that is over, and what comes meanwhile waits.",
     R"j("faults": [{"at": "1s", "for": "1s", "do": {"node": {"node": "n1", )j"
     R"j("cost": "uniform(1ms, 2ms)"}}}])j"},
    {"node.slow", Mode::timing, Class::noisy, Lasting::ends, "It takes so many times as long.",
     R"j("nodes": {"n1": {"cost": "1ms"}}, "faults": [{"at": "1s", "for": "1s", )j"
     R"j("do": {"node": {"node": "n1", "slow": 20}}}])j"},
    {"fire", Mode::timing, Class::noisy, Lasting::once,
     "A timer that is armed goes off now, early: of several of that name the one its node was the "
     "first to arm.",
     R"j("faults": [{"at": "1s", "do": {"fire": {"node": "follower", )j"
     R"j("timer": "election"}}}])j"},
    {"fire.where", Mode::timing, Class::noisy, Lasting::once,
     "Of several timers of that name the one that says this. Of a timer that waits for a sign of "
     "life it is a false suspicion, if the other lives.",
     R"j("protocol": {"use": "failure_detector", "nodes": 3}, "workload": [], )j"
     R"j("faults": [{"at": "1s", )j"
     R"j("do": {"fire": {"node": "n1", "timer": "silence", "where": {"node": "n2"}}}}])j"},
    {"postpone", Mode::timing, Class::noisy, Lasting::once,
     "A timer that is armed, the one \"where\" says, else as in \"fire\", goes off later, by a "
     "draw a node of \"by\", on that node's clock. Who sets it again meanwhile undoes that. Of a "
     "timer that waits for a sign of life it is a late suspicion; now early, now late, of a node "
     "that is drawn, it is the noise of a detector.",
     R"j("faults": [{"every": "300ms", "do": {"postpone": {"node": "random", )j"
     R"j("timer": "election", "by": "uniform(10ms, 500ms)"}}}])j"},
    {"clock", Mode::timing, Class::noisy, Lasting::ends,
     "In one of the ways below, a clock is wrong. Network, disks, clients and faults keep true "
     "time.",
     R"j("faults": [{"at": "1s", "for": "1s", "do": {"clock": {"node": "n1", )j"
     R"j("drift": "+50%"}}}])j"},
    {"clock.drift", Mode::timing, Class::noisy, Lasting::ends,
     "It runs so much fast or slow, and the node's timers with it; what is left of a timer, by "
     "that clock, stays.",
     R"j("faults": [{"at": "1s", "do": {"clock": {"node": "*", "drift": "-200ppm"}}}])j"},
    {"clock.freeze", Mode::timing, Class::noisy, Lasting::ends,
     "It stands still, and the node's timers with it.",
     R"j("faults": [{"at": "1s", "for": "1s", "do": {"clock": {"node": "n1", )j"
     R"j("freeze": true}}}])j"},
    {"clock.jitter", Mode::timing, Class::noisy, Lasting::ends,
     "Each timer that is set goes off early or late, by a draw, up to this share of its delay.",
     R"j("faults": [{"at": "1s", "do": {"clock": {"node": "n1", "jitter": "20%"}}}])j"},
    {"clock.jump", Mode::response, Class::arbitrary, Lasting::ends,
     "The wall clock is set forward or back; timers do not notice.",
     R"j("faults": [{"at": "1s", "for": "1s", "do": {"clock": {"node": "n1", )j"
     R"j("jump": "-250ms"}}}])j"},
    {"clock.strobe", Mode::response, Class::arbitrary, Lasting::ends,
     "At once, and then every so often, the wall clock is so far ahead of what it would show, or "
     "so far behind, either being as likely.",
     R"j("faults": [{"at": "1s", "for": "1s", "do": {"clock": {"node": "n1", )j"
     R"j("strobe": {"by": "1s", "every": "200ms"}}}}])j"},
    {"clock.smear", Mode::response, Class::arbitrary, Lasting::ends,
     "The wall clock goes so far forward or back, not at once but evenly while the node's local "
     "clock gets as far as \"over\", as servers smear a leap second; timers do not notice. Several "
     "add up. \"for\" takes back at once what it has given, and the rest is not given.",
     R"j("faults": [{"at": "1s", "do": {"clock": {"node": "n1", )j"
     R"j("smear": {"by": "-1s", "over": "10s"}}}}])j"},
    {"link", Mode::timing, Class::noisy, Lasting::ends,
     "Directed links have other settings from now on: all those of the network, key by key, the "
     "latest first.",
     R"j("faults": [{"at": "1s", "for": "1s", "do": {"link": {"from": "n1", )j"
     R"j("to": "*", "delay": "80ms"}}}])j"},
    {"link.slow", Mode::timing, Class::noisy, Lasting::ends,
     "A message takes so many times its delay.",
     R"j("faults": [{"at": "1s", "do": {"link": {"from": "n1", "to": "*", )j"
     R"j("slow": 10}}}])j"},
    {"link.bandwidth", Mode::timing, Class::noisy, Lasting::ends,
     "It takes in one message after the other, at this rate; the delay comes on top.",
     R"j("faults": [{"at": "1s", "do": {"link": {"from": "n1", "to": "n2", )j"
     R"j("bandwidth": "4kB/s"}}}])j"},
    {"link.reorder", Mode::timing, Class::noisy, Lasting::ends,
     "A message is overtaken by at most so many of its link that were sent later; with \"fifo\" by "
     "none.",
     R"j("faults": [{"at": "1s", "do": {"link": {"from": "*", "to": "*", )j"
     R"j("delay": "uniform(1ms, 30ms)", "reorder": 2}}}])j"},
    {"link.loss", Mode::omission, Class::silent, Lasting::ends,
     "Each message is lost by a draw; with \"burst\" in runs.",
     R"j("faults": [{"at": "1s", "for": "1s", "do": {"link": {"from": "n1", )j"
     R"j("to": "*", "loss": "30%"}}}])j"},
    {"network.gst", Mode::timing, Class::noisy, Lasting::stays,
     "Partial synchrony: before \"gst\" links do as they are set; from then on none loses, refuses "
     "or spoils a message, and each is there within \"delta\", what was sent before at \"gst\" "
     "plus \"delta\" at most.",
     R"j("network": {"delay": "exponential(200ms)", "loss": "20%", "gst": "2s", )j"
     R"j("delta": "20ms"})j"},
    {"disk", Mode::timing, Class::noisy, Lasting::ends,
     "In one of the ways below, a disk is wrong.",
     R"j("faults": [{"at": "1s", "for": "1s", "do": {"disk": {"node": "n1", )j"
     R"j("sync": "200ms"}}}])j"},
    {"disk.sync", Mode::timing, Class::noisy, Lasting::ends,
     "Each write that begins from now on takes so long.",
     R"j("faults": [{"at": "1s", "do": {"disk": {"node": "n1", )j"
     R"j("sync": "uniform(20ms, 200ms)"}}}])j"},
    {"disk.stall", Mode::timing, Class::silent, Lasting::ends,
     "No write ends; one that would have ended by then does when the stall is over.",
     R"j("faults": [{"at": "1s", "for": "1s", "do": {"disk": {"node": "n1", )j"
     R"j("stall": true}}}])j"},
    // ---- harmless, as one sees that it is wrong, or has seen it before
    {"link.corrupt", Mode::omission, Class::safe, Lasting::ends,
     "The share that arrives and cannot be read: its checksum is wrong, and it is dropped at the "
     "end of the link. 100% jams it.",
     R"j("faults": [{"at": "1s", "for": "1s", "do": {"link": {"from": "n1", )j"
     R"j("to": "n2", "corrupt": "100%"}}}])j"},
    {"link.duplicate", Mode::response, Class::safe, Lasting::ends,
     "The share that comes more than once, up to \"copies\" times more, each copy with a delay of "
     "its own and \"copy_delay\".",
     R"j("faults": [{"at": "1s", "do": {"link": {"from": "*", "to": "*", )j"
     R"j("duplicate": "10%", "copies": 3, "copy_delay": "50ms"}}}])j"},
    {"replay", Mode::response, Class::safe, Lasting::once,
     "The message whose send triggered it sets out from its sender once more, however old it is; "
     "cuts and links act on it.",
     R"j("faults": [{"on": {"event": "send", "message": "AppendEntries", "nth": 5}, )j"
     R"j("after": "700ms", "do": {"replay": true}}])j"},
    // ---- wrong values
    {"link.checksum", Mode::response, Class::arbitrary, Lasting::ends,
     "False: what \"corrupt\" spoils is not seen to be spoilt, and arrives with one field another, "
     "each field and each other value being as likely.",
     R"j("faults": [{"at": "1s", "do": {"link": {"from": "n1", "to": "n2", )j"
     R"j("corrupt": "5%", "checksum": false}}}])j"},
    {"request", Mode::none, Class::none, Lasting::none,
     "No fault by itself: a request reaches a node at once, over no network, as from an operator.",
     R"j("faults": [{"at": "1s", "do": {"request": {"node": "$leader", "op": "put", )j"
     R"j("key": "x", "value": "1"}}}])j"},
    {"bugs", Mode::response, Class::arbitrary, Lasting::window,
     "A known mistake of the protocol's own, of one node for a while: a wrong state transition. "
     "`list bugs` has them.",
     R"j("protocol": {"use": "raft", "nodes": 3, )j"
     R"j("bugs": [{"bug": "votes_counted_twice", "nodes": ["n1"], "from": "1s", )j"
     R"j("until": "2s"}]})j"},
    {"restart.bugs", Mode::response, Class::arbitrary, Lasting::stays,
     "They come back as another version of their program, which makes these known mistakes until "
     "they go down again: what a roll-out of a wrong version does.",
     R"j("faults": [{"at": "1s", "do": {"crash": "n1"}}, {"at": "2s", )j"
     R"j("do": {"restart": {"node": "n1", "bugs": ["votes_counted_twice"]}}}])j"},
    {"node.scramble", Mode::arbitrary, Class::arbitrary, Lasting::once,
     "One value that the node has in memory and not on its disk, each being as likely, becomes "
     "another of its kind: a transient fault of the state, from which a self-stabilising protocol "
     "recovers. A note tells the field.",
     R"j("faults": [{"at": "1s", "do": {"node": {"node": "n1", "scramble": true}}}])j"},
    {"disk.lose", Mode::response, Class::safe, Lasting::stays,
     "Which writes since the last sync a crash takes: \"all\", all after a \"prefix\" whose length "
     "is drawn, or each of them as by a coin (\"independent\"). That a crash may take them is "
     "known.",
     R"j("disk": {"sync": "10ms", "lose": "independent"}, "faults": [{"at": "1s", )j"
     R"j("for": "1s", "do": {"crash": "$leader"}}])j"},
    {"crash.short_write", Mode::response, Class::arbitrary, Lasting::ends,
     "Its disk answers its next write with an error, for which it stops; of the fields that the "
     "write changes the first few are there, each number of them but all being as likely.",
     R"j("faults": [{"at": "1s", "for": "1s", "do": {"crash": {"node": "n1", )j"
     R"j("short_write": true}}}])j"},
    {"disk.torn", Mode::response, Class::arbitrary, Lasting::stays,
     "Of the first write that a crash takes each field that it changed may yet be there, as by a "
     "coin.",
     R"j("disk": {"sync": "10ms", "torn": true}, "faults": [{"at": "1s", )j"
     R"j("for": "1s", "do": {"crash": "$leader"}}])j"},
    {"disk.lie", Mode::response, Class::arbitrary, Lasting::ends,
     "A write that ends is called durable and is not on the disk; a crash before the next true "
     "write shows it.",
     R"j("faults": [{"at": "1s", "for": "1s", "do": {"disk": {"node": "n1", )j"
     R"j("lie": true}}}])j"},
    {"disk.rot", Mode::response, Class::arbitrary, Lasting::stays,
     "While its node is down: one value on it, each being as likely, becomes another of its kind. "
     "The node finds it when it is back.",
     R"j("faults": [{"id": "kill", "at": "1s", "for": "1s", "do": {"crash": "n1"}}, )j"
     R"j({"on": {"fault": "kill"}, "do": {"disk": {"node": "n1", "rot": true}}}])j"},
    {"disk.misdirect", Mode::response, Class::arbitrary, Lasting::stays,
     "While its node is down: of a log or table the newest entry lies where another was, each "
     "being as likely, and its own place is empty.",
     R"j("faults": [{"id": "kill", "at": "1s", "for": "1s", "do": {"crash": "n1"}}, )j"
     R"j({"on": {"fault": "kill"}, "do": {"disk": {"node": "n1", "misdirect": true}}}])j"},
    {"disk.short_read", Mode::response, Class::arbitrary, Lasting::once,
     "While its node is down: when it starts again, only the first part of a log or table is read, "
     "each part but all being as likely. What is on the disk stays, until the node writes.",
     R"j("faults": [{"id": "kill", "at": "1s", "for": "1s", "do": {"crash": "n1"}}, )j"
     R"j({"on": {"fault": "kill"}, "do": {"disk": {"node": "n1", "short_read": true}}}])j"},
    {"disk.misread", Mode::response, Class::arbitrary, Lasting::once,
     "While its node is down: when it starts again, an entry of a log or table is read where "
     "another is, each pair being as likely. What is on the disk stays, until the node writes.",
     R"j("faults": [{"id": "kill", "at": "1s", "for": "1s", "do": {"crash": "n1"}}, )j"
     R"j({"on": {"fault": "kill"}, "do": {"disk": {"node": "n1", "misread": true}}}])j"},
    {"disk.truncate", Mode::response, Class::arbitrary, Lasting::stays,
     "While its node is down: each log and table on it loses so many of its last entries.",
     R"j("faults": [{"id": "kill", "at": "1s", "for": "1s", "do": {"crash": "n1"}}, )j"
     R"j({"on": {"fault": "kill"}, "do": {"disk": {"node": "n1", "truncate": 3}}}])j"},
    {"disk.swap", Mode::response, Class::arbitrary, Lasting::stays,
     "While both are down: it is exchanged for that of this node.",
     R"j("faults": [{"at": "500ms", "for": "1s", "do": {"crash": "n1"}}, )j"
     R"j({"at": "1s", "for": "1s", "do": {"crash": "n2"}}, {"at": "1100ms", )j"
     R"j("do": {"disk": {"node": "n1", "swap": "n2"}}}])j"},
    {"disk.snapshot", Mode::none, Class::none, Lasting::none,
     "What is on it now is kept, for a later restore.",
     R"j("faults": [{"at": "1s", "do": {"disk": {"node": "n1", "snapshot": true}}}])j"},
    {"disk.restore", Mode::response, Class::arbitrary, Lasting::stays,
     "While its node is down: it is again as it was at its last snapshot.",
     R"j("faults": [{"at": "500ms", "do": {"disk": {"node": "n1", )j"
     R"j("snapshot": true}}}, {"id": "kill", "at": "1s", "for": "1s", )j"
     R"j("do": {"crash": "n1"}}, {"on": {"fault": "kill"}, )j"
     R"j("do": {"disk": {"node": "n1", "restore": true}}}])j"},
    // ---- liars
    {"byzantine", Mode::arbitrary, Class::arbitrary, Lasting::ends,
     "What leaves these nodes is not what their code put out: by one of the strategies below, of "
     "messages of a type, to some receivers, by a draw each, at most so many. Lies add up.",
     R"j("faults": [{"at": "1s", "for": "1s", )j"
     R"j("do": {"byzantine": {"node": "follower", "strategy": "alter", )j"
     R"j("message": "AppendEntriesReply", "p": "50%", "count": 9}}}])j"},
    {"byzantine.silent", Mode::omission, Class::silent, Lasting::ends,
     "Nothing is sent to the chosen, told as an omission. The others hear it.",
     R"j("faults": [{"at": "1s", "do": {"byzantine": {"node": "$leader", )j"
     R"j("strategy": "silent", "to": "follower"}}}])j"},
    {"byzantine.equivocate", Mode::arbitrary, Class::arbitrary, Lasting::ends,
     "Of its receivers, in declaration order, the first hears the truth, each further one a value "
     "\"by\" (1) further on.",
     R"j("faults": [{"at": "1s", "do": {"byzantine": {"node": "$leader", )j"
     R"j("strategy": "equivocate", "message": "AppendEntries", )j"
     R"j("field": "leader_commit"}}}])j"},
    {"byzantine.alter", Mode::response, Class::arbitrary, Lasting::ends,
     "A field becomes \"value\", or \"by\" so much more, or another value that is drawn; without "
     "\"field\" one that is drawn.",
     R"j("faults": [{"at": "1s", "do": {"byzantine": {"node": "follower", )j"
     R"j("strategy": "alter", "message": "AppendEntriesReply", "field": "success", )j"
     R"j("value": false}}}])j"},
    {"byzantine.forge", Mode::arbitrary, Class::arbitrary, Lasting::ends,
     "It says that it is from \"as\", or from another node that is drawn, and is taken for that.",
     R"j("faults": [{"at": "1s", "do": {"byzantine": {"node": "n2", )j"
     R"j("strategy": "forge", "as": "n3"}}}])j"},
    {"byzantine.replay", Mode::response, Class::safe, Lasting::ends,
     "With each message the one before it, of the same type and to the same node, comes along once "
     "more, as it was put out.",
     R"j("faults": [{"at": "1s", "do": {"byzantine": {"node": "n2", )j"
     R"j("strategy": "replay"}}}])j"},
    {"byzantine.collude", Mode::arbitrary, Class::arbitrary, Lasting::ends,
     "All liars say the same: \"value\", or what is drawn once for all of them, of an integer its "
     "8 lowest bits.",
     R"j("faults": [{"at": "1s", "do": {"byzantine": {"node": ["n1", "n2", "n3"], )j"
     R"j("strategy": "collude", "message": "AppendEntriesReply", "field": "index", )j"
     R"j("value": 0}}}])j"},
    {"byzantine.delay", Mode::timing, Class::noisy, Lasting::ends,
     "It leaves later, by \"wait\", even if its node has crashed by then.",
     R"j("faults": [{"at": "1s", "do": {"byzantine": {"node": "n1", )j"
     R"j("strategy": "delay", "wait": "exponential(80ms)"}}}])j"},
    // ---- the end of it
    {"resume", Mode::none, Class::none, Lasting::none, "Of the nodes that stand still: they go on.",
     R"j("faults": [{"at": "1s", "do": {"pause": "n1"}}, {"at": "2s", )j"
     R"j("do": {"resume": "n1"}}])j"},
    {"heal", Mode::none, Class::none, Lasting::none,
     "Partitions, cuts, link changes, omissions and holds end: all, or those of one fault.",
     R"j("faults": [{"id": "split", "at": "1s", )j"
     R"j("do": {"partition": "random_halves"}}, {"at": "2s", )j"
     R"j("do": {"heal": "split"}}])j"},
    {"release", Mode::none, Class::none, Lasting::none,
     "Holds end, and what they caught goes on its way.",
     R"j("faults": [{"id": "late", "at": "1s", "do": {"hold": {"to": "n1"}}}, )j"
     R"j({"at": "2s", "do": {"release": "late"}}])j"},
    {"settle", Mode::none, Class::none, Lasting::none,
     "What goes wrong at these nodes and between them ends, those that are down come back, and no "
     "later fault touches them; everything else stays as broken as it is. A \"majority\" is drawn.",
     R"j("faults": [{"at": "1s", "do": {"crash": "n1"}}, {"at": "2s", )j"
     R"j("do": {"settle": "majority"}}])j"},
    {"profile.safety", Mode::none, Class::none, Lasting::none,
     "Faults run to the end, and nothing bad may happen. So it is if nothing is said.",
     R"j("profile": "safety")j"},
    {"profile.liveness", Mode::none, Class::none, Lasting::none,
     "At \"gst\" of the network a majority settles, by a fault of this name, and something good "
     "must follow.",
     R"j("profile": "liveness", "network": {"delay": "5ms", "gst": "2s", )j"
     R"j("delta": "20ms"}, "faults": [{"at": "1s", "do": {"crash": "$leader"}}], )j"
     R"j("expect": [{"within": "2s", "of": "gst", "event": "ack"}])j"},
});

std::string words_of(Lasting lasts) {
  switch (lasts) {
    case Lasting::none:
      return "";
    case Lasting::once:
      return "transient";
    case Lasting::stays:
      return "permanent";
    case Lasting::window:
      return "transient or permanent";
    case Lasting::ends:
      break;
  }
  return "transient, intermittent or permanent";
}

std::string mark(bool is) { return is ? "x" : ""; }

// A cell of a table must not end it.
std::string cell(std::string_view text) {
  std::string result;
  for (const char c : text) result += c == '|' ? "\\|" : std::string(1, c);
  return result;
}

std::string row_of(const FaultClass& fault) {
  std::string row = "| `" + std::string(fault.name) + "` |";
  const auto add = [&](bool is) { row += " " + mark(is) + " |"; };
  for (std::size_t i = 1; i < enum_count<FailureMode>; ++i) add(fault.mode == FailureMode(i));
  for (std::size_t i = 1; i < enum_count<FailureClass>; ++i)
    add(fault.others_see == FailureClass(i));
  const Lasting lasts = fault.lasts;
  add(lasts == Lasting::ends || lasts == Lasting::window || lasts == Lasting::once);
  add(lasts == Lasting::ends);
  add(lasts == Lasting::ends || lasts == Lasting::window || lasts == Lasting::stays);
  return row + "\n";
}

}  // namespace

std::span<const FaultClass> fault_classes() { return faults; }

const FaultClass* find_fault(std::string_view name) {
  const auto found = std::ranges::find(faults, name, &FaultClass::name);
  return found == faults.end() ? nullptr : &*found;
}

std::string place_of(const FaultClass& fault) {
  if (fault.mode == FailureMode::none) return "no failure";
  return std::string(enum_name(fault.mode)) + " failure, fail-" +
         std::string(enum_name(fault.others_see)) + "; " + words_of(fault.lasts);
}

std::string fault_page() {
  std::string text =
      "# Faults against failure models\n"
      "Every way in which something can go wrong in a scenario. `quorate describe failure_models` "
      "prints this page,\n`quorate describe fault NAME` one row of it; how scenarios say it is in "
      "[GRAMMAR.md](GRAMMAR.md).\n\n"
      "A server fails by crash, omission, timing, response (a wrong value, or a wrong step) or "
      "arbitrarily. To others\nthat is fail-stop where they can tell, fail-noisy where they can in "
      "the end, fail-silent where all they see is\nsilence, fail-safe where they know that it is "
      "wrong, or can bear it, and else fail-arbitrary. What `for` ends is\ntransient, with `every` "
      "it comes and goes, and without it it is permanent. Rows without a mark end faults, or\n"
      "are none.\n\n"
      "| fault | crash | omission | timing | response | arbitrary | stop | noisy | silent | safe | "
      "arbitrary | transient | intermittent | permanent |\n"
      "|---|---|---|---|---|---|---|---|---|---|---|---|---|---|\n";
  for (const FaultClass& fault : faults) text += row_of(fault);
  text += "\n## Exactly\n| fault | does | for example |\n|---|---|---|\n";
  for (const FaultClass& fault : faults) {
    text += "| `" + std::string(fault.name) + "` | " + cell(fault.words) + " | `" +
            cell(fault.example) + "` |\n";
  }
  return text;
}

}  // namespace quorate
