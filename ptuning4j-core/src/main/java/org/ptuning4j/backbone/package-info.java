/** Transformers, and what prompts add to them. */
package org.ptuning4j.backbone;
