/** MPNet. */
package org.ptuning4j.backbone.mpnet;
