// SPDX-License-Identifier: Apache-2.0
// The whole ISA: what tilicho-tblgen reads.
include "IsaControl.td"
include "IsaArray.td"
include "IsaElement.td"
include "IsaPool.td"
include "IsaDma.td"
