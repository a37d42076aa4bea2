/// <reference types="@tarojs/taro" />
declare const API_BASE: string;
