/** ModernBERT: norms before, gates, rotary positions, windows between global layers. */
package org.ptuning4j.backbone.modernbert;
