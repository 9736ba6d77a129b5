// A cluster that exists only as a script: what clients send is kept, and a test answers for it.
#pragma once

#include <functional>
#include <map>
#include <utility>
#include <vector>

#include "sim/client/clients.hpp"

namespace quorate {

class FakeControl final : public Control {
 public:
  struct Sent {
    Time at;
    ClientId client;
    NodeId node;
    Request request;
    std::uint64_t cause{};
  };
  struct Line {
    Time at;
    ClientStep step{};
    ClientId client;
    std::uint64_t serial{};
    std::uint64_t cause{};
  };

  explicit FakeControl(std::uint32_t nodes) : nodes_(nodes) {}

  // Called at each send; it answers by calling in().
  std::function<void(const Sent&)> server;
  std::vector<Sent> sent;
  std::vector<Line> lines;  // of clients; a line's position is its index
  std::vector<std::string> notes;
  std::uint64_t wakes{};  // how often the clients asked to be called

  void in(Duration delay, std::function<void()> action) {
    pending_.emplace(std::pair(now_ + delay, order_++), std::move(action));
  }
  // Runs the clients to `end`, inclusive.
  void run(Clients& clients, Time end) {
    if (clients_ == nullptr) {
      clients_ = &clients;
      clients.start(*this);
    }
    while (!pending_.empty() && pending_.begin()->first.first <= end) {
      now_ = pending_.begin()->first.first;
      const auto action = std::move(pending_.begin()->second);
      pending_.erase(pending_.begin());
      action();
    }
    now_ = end;
  }
  std::size_t pending() const { return pending_.size(); }

  Time now() const override { return now_; }
  std::uint32_t nodes() const override { return nodes_; }
  void call_client(Time at, std::uint32_t token) override {
    ++wakes;
    in(at - now_, [this, token] { clients_->due(token, *this); });
  }
  std::uint64_t client_record(ClientStep step, ClientId client, AnyRef body,
                              std::uint64_t cause) override {
    std::uint64_t serial = 0;
    if (const auto* request = body.get_if<Request>()) serial = request->serial;
    if (const auto* reply = body.get_if<Reply>()) serial = reply->serial;
    lines.push_back({now_, step, client, serial, cause});
    return lines.size() - 1;
  }
  void client_send(ClientId client, NodeId node, const Request& request,
                   std::uint64_t cause) override {
    sent.push_back({now_, client, node, request, cause});
    if (server) server(Sent(sent.back()));
  }

  // ---- nothing that clients use
  NodeNames names() const override { return names_; }
  bool up(NodeId) const override { return true; }
  bool paused(NodeId) const override { return false; }
  bool plays(NodeId, std::string_view) const override { return true; }
  std::string_view status(NodeId, std::string_view) const override { return {}; }
  std::optional<std::uint16_t> message_type(std::string_view) const override { return {}; }
  bool crash(NodeId, std::uint64_t) override { return false; }
  bool restart(NodeId, Comeback, std::uint64_t) override { return false; }
  bool pause(NodeId, std::uint64_t) override { return false; }
  bool resume(NodeId, std::uint64_t) override { return false; }
  Network& network() override { return network_; }
  Interference& interference() override { return interference_; }
  void release(std::uint32_t) override {}
  bool replay(std::uint32_t, std::uint64_t) override { return false; }
  bool move_timer(NodeId, const IsTimer&, std::optional<Duration>) override { return false; }
  void submit(NodeId, const Operation&, std::uint64_t) override {}
  void step_clock(NodeId, Duration) override {}
  void smear_clock(NodeId, const Smear&) override {}
  void take_back_smear(NodeId, const Smear&) override {}
  std::string harm_memory(NodeId, const MemoryHarm&) override { return {}; }
  void tell_memory(NodeId, std::string_view, std::uint64_t) override {}
  bool set_drift(NodeId, std::optional<Drift>) override { return false; }
  bool set_work(NodeId, const WorkChange&) override { return false; }
  bool set_disk(NodeId, const DiskChange&) override { return false; }
  bool set_jitter(NodeId, std::optional<Probability>) override { return false; }
  std::uint64_t announce(Kind, std::string_view text, std::string_view, std::uint64_t) override {
    notes.emplace_back(text);
    return 0;
  }
  void call_injector(Time, std::uint32_t) override {}

 private:
  std::uint32_t nodes_;
  std::vector<std::string> names_{"n1", "n2", "n3", "c1", "c2"};  // of three nodes
  Clients* clients_{};
  std::map<std::pair<Time, std::uint64_t>, std::function<void()>> pending_;
  std::uint64_t order_{};
  Time now_;
  Network network_{std::make_shared<const NetworkConfig>(), 1, Engine::xoshiro256pp};
  Interference interference_;
};

}  // namespace quorate
