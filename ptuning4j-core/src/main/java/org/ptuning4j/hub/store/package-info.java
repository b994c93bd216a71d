/** Folders in this project's own cache: models that were made from other formats, data sets. */
package org.ptuning4j.hub.store;
