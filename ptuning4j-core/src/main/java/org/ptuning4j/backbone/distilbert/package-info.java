/** DistilBERT. */
package org.ptuning4j.backbone.distilbert;
