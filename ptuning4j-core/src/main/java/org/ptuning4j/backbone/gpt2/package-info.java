/** GPT-2: a causal decoder with learned positions and transposed matrices. */
package org.ptuning4j.backbone.gpt2;
