#include "tests/repository/functions.hpp"

#include <algorithm>
#include <array>

#include "tests/repository/lexer.hpp"

namespace quorate::repository {

namespace {

enum class Brace : std::uint8_t { scope, function, other };

constexpr std::array scope_words{"namespace", "class", "struct", "union", "enum", "extern"};

constexpr std::array body_words{"const", "noexcept", "override", "final", "try", "mutable"};

// The tokens between the last statement and an opening brace, which tell what the brace opens.
class Head {
 public:
  void clear() { *this = {}; }

  void add(const Token& token) {
    if (token.text == "(") ++depth_;
    if (token.text == ")" && depth_ > 0) --depth_;
    if (depth_ == 0) note_outer(token);
    last_ = token;
  }

  Brace opens() const {
    if (depth_ > 0) return Brace::other;  // a default argument, or a lambda among arguments
    if (scope_ && !parameters_) return Brace::scope;
    if (!parameters_ || member_initializer() || assigned_) return Brace::other;
    return Brace::function;
  }

 private:
  void note_outer(const Token& token) {
    if (token.text == "operator") operator_ = true;
    if (token.text == ")") operator_ = false;
    if (operator_) return;  // the symbol that follows is a name
    if (token.text == "<") ++angle_;
    if (token.text == ">" && angle_ > 0) --angle_;
    if (angle_ > 0) return;
    if (std::ranges::find(scope_words, token.text) != scope_words.end()) begin_scope();
    if (token.text == "->" || token.text == "requires") trailing_ = parameters_;
    if (token.text == ":" && parameters_) initializers_ = true;
    if (token.text == ")") parameters_ = true;
    if (token.text == "=") assigned_ = true;
  }

  // What stood before was a macro without a semicolon.
  void begin_scope() {
    scope_ = true;
    parameters_ = initializers_ = false;
  }

  // "a_{" among a constructor's initializers, or "int x{" behind a macro without a semicolon.
  bool member_initializer() const {
    const bool named = last_.kind == Token::Kind::name || last_.text == ">";
    const bool keyword = std::ranges::find(body_words, last_.text) != body_words.end();
    return named && !keyword && !(trailing_ && !initializers_);
  }

  int depth_{};
  int angle_{};
  bool operator_{};
  bool scope_{};
  bool parameters_{};
  bool initializers_{};
  bool trailing_{};  // a return type or a constraint follows the parameters
  bool assigned_{};
  Token last_;
};

class Matcher {
 public:
  std::vector<Function> run(const std::vector<Token>& tokens) {
    for (const Token& token : tokens) {
      if (token.text == "{") {
        open(token);
      } else if (token.text == "}") {
        close(token);
      } else if (inside_ == 0 && token.text == ";") {
        head_.clear();
      } else if (inside_ == 0) {
        head_.add(token);
      }
    }
    return std::move(found_);
  }

 private:
  struct Open {
    Brace kind;
    std::size_t line;
  };

  void open(const Token& token) {
    const Brace kind = inside_ > 0 ? Brace::other : head_.opens();
    stack_.push_back({kind, token.line});
    if (kind == Brace::scope) head_.clear();
    if (kind != Brace::scope) ++inside_;
  }

  void close(const Token& token) {
    if (stack_.empty()) return;
    const Open opened = stack_.back();
    stack_.pop_back();
    if (opened.kind != Brace::scope) --inside_;
    if (opened.kind == Brace::function) {
      found_.push_back({opened.line, token.line - opened.line + 1});
    }
    if (opened.kind != Brace::other) head_.clear();
    if (opened.kind == Brace::other && inside_ == 0) head_.add(token);
  }

  Head head_;
  std::vector<Open> stack_;
  std::size_t inside_{};  // braces open that are no scopes
  std::vector<Function> found_;
};

}  // namespace

std::vector<Function> functions_of(std::string_view text) {
  return Matcher().run(tokens_of(without_directives(text)));
}

}  // namespace quorate::repository
