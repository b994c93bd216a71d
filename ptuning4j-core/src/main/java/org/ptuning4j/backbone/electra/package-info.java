/** ELECTRA. */
package org.ptuning4j.backbone.electra;
