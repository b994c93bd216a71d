/** BERT's shape of model. */
package org.ptuning4j.backbone.encoder;
