# SPDX-License-Identifier: Apache-2.0
# Every library that Tilicho is built from, and where it is looked for.
find_package(MLIR REQUIRED CONFIG PATHS /usr/lib/llvm-22/lib/cmake/mlir)
if(NOT MLIR_VERSION_MAJOR EQUAL 22 AND NOT LLVM_VERSION_MAJOR EQUAL 22)
  message(FATAL_ERROR "MLIR 22 is needed, ${LLVM_VERSION} was found; pass "
                      "-DMLIR_DIR=FOLDER of MLIRConfig.cmake")
endif()
find_package(Protobuf REQUIRED)
find_package(Threads REQUIRED)
find_package(ZLIB REQUIRED)
find_package(GTest REQUIRED)
find_package(absl REQUIRED)
find_package(Flatbuffers QUIET CONFIG)
find_program(TILICHO_FLATC flatc REQUIRED)
# NO_DEFAULT_PATH: Debian's own ONNX is years older and would be taken silently.
find_package(ONNX CONFIG PATHS ${TILICHO_CACHE}/onnx-1.22.0 NO_DEFAULT_PATH)
if(NOT ONNX_FOUND)
  message(FATAL_ERROR "ONNX's C++ library is not in ${TILICHO_CACHE}; run "
                      "scripts/install, or pass -DTILICHO_CACHE=FOLDER")
endif()

list(APPEND CMAKE_MODULE_PATH ${MLIR_CMAKE_DIR} ${LLVM_CMAKE_DIR})
# mlir_tablegen and the TableGen targets; the rest of LLVM's modules is not used.
include(TableGen)
include(AddLLVM)
include(AddMLIR)

find_program(TILICHO_CCACHE ccache)
if(TILICHO_CCACHE)
  set(CMAKE_C_COMPILER_LAUNCHER ${TILICHO_CCACHE})
  set(CMAKE_CXX_COMPILER_LAUNCHER ${TILICHO_CCACHE})
endif()
