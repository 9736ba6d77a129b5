// A Mermaid sequence diagram: messages when they arrive or are lost, and what nodes and faults
// tell. It has an order but no time; timers, disks and state changes are left out.
#include <map>

#include "analysis/event_text.hpp"
#include "analysis/exporters/exporter.hpp"

namespace quorate {
namespace {

// Mermaid ends a text at ';' and reads '#' as the beginning of a character's name.
std::string escaped(const std::string& text) {
  std::string result;
  for (const char c : text) {
    if (c == ';') {
      result += "#59;";
    } else if (c == '#') {
      result += "#35;";
    } else {
      result += c == '\n' ? ' ' : c;
    }
  }
  return result;
}

class MermaidExporter final : public Exporter {
 public:
  std::string begin(const TraceHeader&, const std::vector<std::string>& names) override {
    std::string text = "sequenceDiagram\n";
    for (std::size_t i = 0; i < names.size(); ++i) {
      ids_[names[i]] = "p" + std::to_string(i);
      text += "  participant p" + std::to_string(i) + " as " + escaped(names[i]) + "\n";
    }
    all_ = names.empty() ? "" : "p0,p" + std::to_string(names.size() - 1);
    return text;
  }

  std::string event(const TraceLine& event) override {
    switch (event.kind) {
      case Kind::recv:
        return message(event, event.members.text("from"), event.members.text("n"), "->>", "");
      case Kind::drop:
        return message(event, event.members.text("from"), event.members.text("to"), "--x",
                       " (" + event.members.text("why").value_or("") + ")");
      case Kind::event:
      case Kind::crash:
      case Kind::restart:
      case Kind::pause:
      case Kind::resume:
      case Kind::alter:
        return note(id_of(host_of(event)), event);
      case Kind::fault:
      case Kind::heal:
      case Kind::note:
      case Kind::violation:
        return note(all_, event);
      default:
        return {};
    }
  }

  std::string end() override { return {}; }

 private:
  std::string id_of(const std::string& name) const {
    const auto found = ids_.find(name);
    return found == ids_.end() ? "" : found->second;
  }
  std::string message(const TraceLine& event, const std::optional<std::string>& from,
                      const std::optional<std::string>& to, std::string_view arrow,
                      const std::string& more) const {
    const std::string sender = id_of(from.value_or(""));
    const std::string receiver = id_of(to.value_or(""));
    if (sender.empty() || receiver.empty()) return {};
    return "  " + sender + std::string(arrow) + receiver + ": " +
           escaped(event.members.text("type").value_or("") + more) + "\n";
  }
  static std::string note(const std::string& over, const TraceLine& event) {
    if (over.empty()) return {};
    return "  Note over " + over + ": " + escaped(event_text(event, 60, {})) + "\n";
  }

  std::map<std::string, std::string> ids_;
  std::string all_;
};

}  // namespace

std::unique_ptr<Exporter> make_mermaid_exporter() { return std::make_unique<MermaidExporter>(); }

}  // namespace quorate
