#include "sim/trace/digest.hpp"

namespace quorate {

void Digest::fold_rest(const Record& record) {
  if (record.body.type != nullptr) {
    hasher_.word(record.body.type->name_hash);
    hasher_.word(record.body.type->hash(record.body.value));
  }
  if (record.text.empty()) return;
  hasher_.bytes(record.text);
  if (record.kind == Kind::alter) hasher_.word(record.message);
}

}  // namespace quorate
