/** RoBERTa and its kin. */
package org.ptuning4j.backbone.roberta;
