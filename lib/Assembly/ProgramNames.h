// SPDX-License-Identifier: Apache-2.0
// How assembly calls segments and branch targets.
#ifndef TILICHO_LIB_ASSEMBLY_PROGRAMNAMES_H
#define TILICHO_LIB_ASSEMBLY_PROGRAMNAMES_H

#include "runtime/Isa/Assembly.h"
#include "runtime/Program/Program.h"

#include <map>
#include <set>

namespace tilicho::compiler {

/// A name as it stands in the text: a word, or in quotes.
std::string nameText(std::string_view name);

/// Segments by name where it is theirs alone, else by number; labels of one
/// queue.
class ProgramNames : public isa::Names {
public:
  /// Takes note of the program's next segment.
  void addSegment(std::string_view name);
  /// Forgets the labels of the queue before. False if the label is taken.
  void clearLabels() { labels.clear(); }
  bool addLabel(std::string_view name, int target);

  std::string segment(unsigned index) const override;
  std::string label(int target) const override;
  std::optional<unsigned> findSegment(std::string_view name) const override;
  std::optional<int> findLabel(std::string_view name) const override;

private:
  static constexpr unsigned ambiguous = ~0u;
  std::vector<std::string> segments;
  std::map<std::string, unsigned, std::less<>> segmentByName;
  std::map<std::string, int, std::less<>> labels;
};

/// The instructions of a queue that branches go to.
std::set<int> branchTargets(const QueueCode &queue);

} // namespace tilicho::compiler

#endif // TILICHO_LIB_ASSEMBLY_PROGRAMNAMES_H
