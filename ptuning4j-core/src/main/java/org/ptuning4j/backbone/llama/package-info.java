/** Llama and its kin: causal decoders with rotary positions, grouped heads, RMS norms and gates. */
package org.ptuning4j.backbone.llama;
