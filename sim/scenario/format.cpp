#include "sim/scenario/format.hpp"

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

namespace quorate {
namespace {

// ---- tokens -------------------------------------------------------------------------------------

struct Token {
  enum class Kind : std::uint8_t { punctuation, value, comment, end };
  Kind kind{Kind::end};
  std::string_view text;
  std::size_t breaks{};  // line breaks between the token before and this one

  bool is(char c) const { return kind == Kind::punctuation && text.front() == c; }
};

class Tokens {
 public:
  explicit Tokens(std::string_view text) : rest_(text) { advance(); }

  const Token& now() const { return now_; }
  Token take() {
    const Token taken = now_;
    advance();
    return taken;
  }

 private:
  void advance() {
    now_ = {};
    const std::size_t blank = std::min(rest_.find_first_not_of(" \t\r\n"), rest_.size());
    const std::string_view space = rest_.substr(0, blank);
    now_.breaks = static_cast<std::size_t>(std::count(space.begin(), space.end(), '\n'));
    rest_.remove_prefix(blank);
    if (rest_.empty()) return;
    now_.kind = kind_of(rest_);
    now_.text = rest_.substr(0, length_of(rest_));
    rest_.remove_prefix(now_.text.size());
    const std::size_t last = now_.text.find_last_not_of(" \t\r");
    if (now_.text.starts_with("//")) now_.text = now_.text.substr(0, last + 1);
  }

  static Token::Kind kind_of(std::string_view text) {
    constexpr std::string_view punctuation = "{}[],:";
    if (text.front() == '/') return Token::Kind::comment;
    return punctuation.find(text.front()) != punctuation.npos ? Token::Kind::punctuation
                                                              : Token::Kind::value;
  }

  static std::size_t length_of(std::string_view text) {
    if (kind_of(text) == Token::Kind::punctuation) return 1;
    if (text.starts_with("//")) return std::min(text.find('\n'), text.size());
    if (text.starts_with("/*")) return std::min(text.find("*/", 2), text.size() - 2) + 2;
    if (text.front() != '"') return std::min(text.find_first_of(" \t\r\n{}[],:/"), text.size());
    std::size_t end = 1;
    while (end < text.size() && text[end] != '"') end += text[end] == '\\' ? 2 : 1;
    return std::min(end + 1, text.size());
  }

  std::string_view rest_;
  Token now_;
};

// ---- the tree -----------------------------------------------------------------------------------

struct Comment {
  std::string_view text;
  bool blank{};  // a blank line stands before it
};

struct Item;

struct Node {
  std::string_view text;  // of a value that is no container; else empty
  char open{};
  bool broken{};             // a line break follows the opening bracket
  std::string after_open{};  // comments on its line
  std::vector<Item> items;
  std::vector<Comment> tail{};  // comments behind the last item, on lines of their own
};

struct Item {
  bool blank{};  // a blank line stands before it, behind its comments
  std::vector<Comment> before{};
  std::string_view key{};
  Node value{};
  std::string after{};  // comments behind it on its line
};

void append(std::string& line, std::string_view comment) {
  if (!line.empty()) line += ' ';
  line += comment;
}

class Builder {
 public:
  explicit Builder(std::string_view text) : tokens_(text) {}

  // The whole text as the one item of a container.
  Node whole() {
    Node root;
    fill(root);
    return root;
  }

 private:
  Node node() {
    Node result;
    const Token first = tokens_.take();
    if (!first.is('{') && !first.is('[')) {
      result.text = first.text;
      return result;
    }
    result.open = first.text.front();
    result.broken = tokens_.now().breaks > 0;
    fill(result);
    tokens_.take();  // the closing bracket
    return result;
  }

  bool at_end() const {
    return tokens_.now().kind == Token::Kind::end || tokens_.now().is('}') || tokens_.now().is(']');
  }

  void fill(Node& node) {
    std::vector<Comment> pending;
    bool after_comma = false;
    while (!at_end()) {
      if (tokens_.now().kind == Token::Kind::comment) {
        read_comment(node, pending, after_comma);
      } else if (tokens_.now().is(',')) {
        after_comma = true;
        tokens_.take();
      } else {
        node.items.push_back(item(node, std::exchange(pending, {})));
        after_comma = false;
      }
    }
    node.tail = std::move(pending);
  }

  void read_comment(Node& node, std::vector<Comment>& pending, bool after_comma) {
    const Token comment = tokens_.take();
    const bool leads = comment.text.starts_with("/*") && tokens_.now().breaks == 0 &&
                       tokens_.now().kind == Token::Kind::value &&
                       (after_comma || node.items.empty());
    const bool inside = node.open != 0 || !node.items.empty();
    const bool closed =  // by a comment that takes the rest of the line
        !node.items.empty() && node.items.back().after.find("//") != std::string::npos;
    if (comment.breaks > 0 || !pending.empty() || leads || closed || !inside) {
      pending.push_back({comment.text, comment.breaks > 1});
    } else if (node.items.empty()) {
      append(node.after_open, comment.text);
    } else {
      append(node.items.back().after, comment.text);
    }
  }

  Item item(const Node& parent, std::vector<Comment> before) {
    Item result;
    result.before = std::move(before);
    result.blank = tokens_.now().breaks > 1;
    if (parent.open == '{') {
      result.key = tokens_.take().text;
      move_comments(result);
      tokens_.take();  // the colon
      move_comments(result);
    }
    result.value = node();
    return result;
  }

  // Comments between a key and its value go before the key.
  void move_comments(Item& item) {
    while (tokens_.now().kind == Token::Kind::comment) {
      item.before.push_back({tokens_.take().text, false});
    }
  }

  Tokens tokens_;
};

// ---- the layout ---------------------------------------------------------------------------------

bool is_flat(const Node& node) {
  if (node.open == 0) return true;
  if (!node.after_open.empty() || !node.tail.empty()) return false;
  if (node.broken && !node.items.empty()) return false;
  return std::ranges::all_of(node.items, [](const Item& item) {
    return item.before.empty() && item.after.empty() && is_flat(item.value);
  });
}

void print_flat(const Node& node, std::string& out) {
  if (node.open == 0) {
    out += node.text;
    return;
  }
  const bool spaced = node.open == '{' && !node.items.empty();
  out += node.open;
  if (spaced) out += ' ';
  for (const Item& item : node.items) {
    if (&item != &node.items.front()) out += ", ";
    if (!item.key.empty()) (out += item.key) += ": ";
    print_flat(item.value, out);
  }
  if (spaced) out += ' ';
  out += node.open == '{' ? '}' : ']';
}

class Printer {
 public:
  std::string print(const Node& root) {
    print_items(root, 0, true);
    return out_;
  }

 private:
  void new_line(std::size_t indent, bool blank) {
    if (out_.empty()) return;
    if (blank) out_ += '\n';
    out_.append(indent, ' ');
  }

  void print_comment(std::string_view comment, std::size_t indent, bool blank) {
    new_line(indent, blank);
    if (out_.empty()) out_.append(indent, ' ');
    (out_ += comment) += '\n';
  }

  void print_items(const Node& node, std::size_t indent, bool outermost) {
    bool first = true;
    for (const Item& item : node.items) {
      for (const Comment& comment : item.before) {
        print_comment(comment.text, indent, comment.blank && !std::exchange(first, false));
        first = false;
      }
      new_line(indent, item.blank && !first);
      first = false;
      if (!item.key.empty()) (out_ += item.key) += ": ";
      print_node(item.value, indent, outermost);
      if (!outermost && &item != &node.items.back()) out_ += ',';
      if (!item.after.empty()) (out_ += "  ") += item.after;
      out_ += '\n';
    }
    for (const Comment& comment : node.tail) {
      print_comment(comment.text, indent, comment.blank && !first);
      first = false;
    }
  }

  void print_node(const Node& node, std::size_t indent, bool outermost) {
    const bool expands = outermost && !node.items.empty();
    if (!expands && is_flat(node)) {
      const std::size_t before = out_.size();
      print_flat(node, out_);
      const std::size_t line = out_.rfind('\n', before) + 1;  // 0 where there is none
      const bool fits = out_.size() + 1 - line <= format_width;
      if (fits || node.open == 0 || node.items.empty()) return;
      out_.resize(before);
    }
    out_ += node.open;
    if (!node.after_open.empty()) (out_ += "  ") += node.after_open;
    out_ += '\n';
    print_items(node, indent + 2, false);
    out_.append(indent, ' ');
    out_ += node.open == '{' ? '}' : ']';
  }

  std::string out_;
};

}  // namespace

std::string formatted(std::string_view text) { return Printer().print(Builder(text).whole()); }

}  // namespace quorate
