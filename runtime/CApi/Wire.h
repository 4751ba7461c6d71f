// SPDX-License-Identifier: Apache-2.0
// What goes between the runtime library and the compiler library, as bytes, so
// that the two may also be in two processes.
#ifndef TILICHO_RUNTIME_CAPI_WIRE_H
#define TILICHO_RUNTIME_CAPI_WIRE_H

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tilicho::capi {

/// An input that becomes a constant.
struct ConstantInput {
  std::string name;
  uint32_t dtype = 0;
  std::vector<int64_t> shape;
  std::string bytes;
};

/// What is wanted of a model, whose bytes go beside.
struct CompilerRequest {
  enum Kind : uint32_t { Compile, Check, Describe };
  uint32_t kind = Compile;
  std::string name, folder;
  std::vector<std::pair<std::string, std::string>> options;
  std::vector<ConstantInput> constants;
};

/// Of an input or output of a model.
struct TensorDescription {
  std::string name;
  uint32_t dtype = 0;
  /// -1 where open.
  std::vector<int64_t> shape;
  /// Names of open dimensions, or "".
  std::vector<std::string> dims;
  /// The value has to be known when compiling.
  bool reachesShape = false;
};

struct ModelDescription {
  std::vector<TensorDescription> inputs, outputs;
  /// Of weights that lie beside the model, in its folder.
  std::vector<std::string> externalFiles;
};

/// Numbers as 8 bytes in the host's order, text and lists with their length
/// before them.
class WireWriter {
public:
  void add(uint64_t number) {
    text.append(reinterpret_cast<const char *>(&number), sizeof(number));
  }
  void add(const std::string &value) {
    add(uint64_t(value.size()));
    text += value;
  }
  template <class T> void add(const std::vector<T> &values) {
    add(uint64_t(values.size()));
    for (const T &value : values)
      add(value);
  }
  void add(int64_t number) { add(static_cast<uint64_t>(number)); }
  void add(uint32_t number) { add(uint64_t(number)); }
  void add(bool flag) { add(uint64_t(flag)); }
  template <class A, class B> void add(const std::pair<A, B> &pair) {
    add(pair.first);
    add(pair.second);
  }
  void add(const ConstantInput &constant);
  void add(const TensorDescription &tensor);

  std::string text;
};

/// Reads what a WireWriter wrote; false when the bytes end before.
class WireReader {
public:
  explicit WireReader(std::string_view bytes) : bytes(bytes) {}
  bool read(uint64_t &number) {
    if (bytes.size() < sizeof(number))
      return false;
    std::memcpy(&number, bytes.data(), sizeof(number));
    bytes.remove_prefix(sizeof(number));
    return true;
  }
  bool read(std::string &value) {
    uint64_t size;
    if (!read(size) || size > bytes.size())
      return false;
    value = bytes.substr(0, size);
    bytes.remove_prefix(size);
    return true;
  }
  template <class T> bool read(std::vector<T> &values) {
    uint64_t size;
    // Nothing takes less than a byte.
    if (!read(size) || size > bytes.size())
      return false;
    values.resize(size);
    for (T &value : values)
      if (!read(value))
        return false;
    return true;
  }
  bool read(int64_t &number) { return readAs(number); }
  bool read(uint32_t &number) { return readAs(number); }
  bool read(bool &flag) { return readAs(flag); }
  template <class A, class B> bool read(std::pair<A, B> &pair) {
    return read(pair.first) && read(pair.second);
  }
  bool read(ConstantInput &constant);
  bool read(TensorDescription &tensor);

private:
  template <class T> bool readAs(T &value) {
    uint64_t number;
    if (!read(number))
      return false;
    value = static_cast<T>(number);
    return true;
  }

  std::string_view bytes;
};

inline void WireWriter::add(const ConstantInput &constant) {
  add(constant.name);
  add(constant.dtype);
  add(constant.shape);
  add(constant.bytes);
}
inline bool WireReader::read(ConstantInput &constant) {
  return read(constant.name) && read(constant.dtype) && read(constant.shape) &&
         read(constant.bytes);
}

inline void WireWriter::add(const TensorDescription &tensor) {
  add(tensor.name);
  add(tensor.dtype);
  add(tensor.shape);
  add(tensor.dims);
  add(tensor.reachesShape);
}
inline bool WireReader::read(TensorDescription &tensor) {
  return read(tensor.name) && read(tensor.dtype) && read(tensor.shape) &&
         read(tensor.dims) && read(tensor.reachesShape);
}

inline std::string toWire(const CompilerRequest &request) {
  WireWriter out;
  out.add(request.kind);
  out.add(request.name);
  out.add(request.folder);
  out.add(request.options);
  out.add(request.constants);
  return out.text;
}
inline bool fromWire(std::string_view bytes, CompilerRequest &request) {
  WireReader in(bytes);
  return in.read(request.kind) && in.read(request.name) &&
         in.read(request.folder) && in.read(request.options) &&
         in.read(request.constants);
}

inline std::string toWire(const ModelDescription &description) {
  WireWriter out;
  out.add(description.inputs);
  out.add(description.outputs);
  out.add(description.externalFiles);
  return out.text;
}
inline bool fromWire(std::string_view bytes, ModelDescription &description) {
  WireReader in(bytes);
  return in.read(description.inputs) && in.read(description.outputs) &&
         in.read(description.externalFiles);
}

} // namespace tilicho::capi

#endif // TILICHO_RUNTIME_CAPI_WIRE_H
