/** BERT. */
package org.ptuning4j.backbone.bert;
